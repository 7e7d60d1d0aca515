namespace MtSockets.Bench.Processes;

internal static class DotnetHost
{
    /// <summary>The host that runs this program, else the one on the path.</summary>
    public static string Path { get; } =
        Environment.GetEnvironmentVariable("DOTNET_HOST_PATH")
        ?? (System.IO.Path.GetFileName(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : "dotnet");
}
