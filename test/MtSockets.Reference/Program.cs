using System.Globalization;
using System.Net;
using MtSockets.Reference.Connections;

// What plain Kestrel and System.Net.WebSockets can do in one process with no broker behind them: the yardstick of the benchmark.
var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.ClearProviders();
builder.Services.AddSingleton<SocketTable>();

var port = int.Parse((Environment.GetEnvironmentVariable("PORT") ?? "5000").TrimStart(':'), CultureInfo.InvariantCulture);
builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));

var app = builder.Build();
app.UseWebSockets();
app.MapGet("/health", () => Results.Json(new { message = "server up!!!" }));
app.Map("/ws", async (HttpContext context, SocketTable table, IHostApplicationLifetime lifetime) =>
{
    string? userId = context.Request.Query["user_id"];
    if (string.IsNullOrEmpty(userId) || !context.WebSockets.IsWebSocketRequest)
    {
        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        return;
    }

    using var socket = await context.WebSockets.AcceptWebSocketAsync();
    var connection = new ReferenceConnection(userId, socket, table);
    await connection.RunAsync(lifetime.ApplicationStopping);
});
await app.RunAsync();
