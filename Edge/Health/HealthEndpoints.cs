namespace MtSockets.Edge.Health;

/// <summary>What load balancers and people ask.</summary>
internal static class HealthEndpoints
{
    public static void MapHealth(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/health", () => Results.Json(new { message = "server up!!!" }));
        endpoints.MapGet("/ping", () => Results.Json(new { message = "pong" }));
        endpoints.MapGet("/health/live", () => Results.Json(new { status = "live" }));
        endpoints.MapGet("/health/ready", (ServerHealth health) =>
        {
            var missing = health.Missing();
            return missing.Count == 0
                ? Results.Json(new { status = "ready", missing })
                : Results.Json(new { status = "unavailable", missing }, statusCode: StatusCodes.Status503ServiceUnavailable);
        });
    }
}
