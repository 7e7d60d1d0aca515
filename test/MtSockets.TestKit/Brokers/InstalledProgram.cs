namespace MtSockets.TestKit.Brokers;

/// <summary>Finds the programs that private brokers run.</summary>
internal static class InstalledProgram
{
    /// <param name="name">Program to look for on the path.</param>
    /// <param name="package">Debian package to name when it is missing.</param>
    /// <param name="variable">Environment variable that makes it unnecessary.</param>
    /// <param name="preferred">Looked at first.</param>
    public static string Find(string name, string package, string variable, string? preferred = null)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new PlatformNotSupportedException(
                $"Private brokers run on Linux only. Set {variable} to the address of one (host:port), or run the tests with Docker: build.ps1 test.");
        }

        // The path of a user who is not root often lacks the sbin folders, where Debian puts servers.
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Concat(["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"]);
        var candidates = folders.Select(folder => Path.Combine(folder, name));
        if (preferred is not null)
        {
            candidates = candidates.Prepend(preferred);
        }

        return candidates.FirstOrDefault(File.Exists) ?? throw new InvalidOperationException(
            $"{name} is not installed. Install it (Debian: apt-get install {package}; ./build.sh test does so), "
            + $"or set {variable} to the address of a running one (host:port).");
    }
}
