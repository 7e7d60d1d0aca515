using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace MtSockets.Bench.Report;

/// <summary>What the numbers were measured on.</summary>
internal sealed record MachineFacts(string Processor, int Cores, string Memory, string System, string Runtime, string Redis, string RabbitMq, DateTimeOffset Date)
{
    private static readonly TimeSpan ProgramLimit = TimeSpan.FromSeconds(20);

    public static MachineFacts Read() => new(
        Field("/proc/cpuinfo", "model name") ?? RuntimeInformation.ProcessArchitecture.ToString(),
        Environment.ProcessorCount,
        MemoryText(),
        $"{Field("/etc/os-release", "PRETTY_NAME", '=')?.Trim('"') ?? "Linux"}, kernel {Environment.OSVersion.Version.ToString(3)}",
        RuntimeInformation.FrameworkDescription,
        // Redis server v=7.0.15 sha=…
        Word(FirstLine("redis-server", "--version"), "v=") ?? "unknown",
        RabbitMqVersion(),
        TimeProvider.System.GetUtcNow());

    private static string MemoryText()
    {
        var kilobytes = Field("/proc/meminfo", "MemTotal")?.Split(' ')[0];
        return kilobytes is null ? "unknown" : $"{long.Parse(kilobytes, CultureInfo.InvariantCulture) / 1024.0 / 1024.0:0.#} GB";
    }

    private static string? Field(string file, string name, char separator = ':') =>
        File.ReadLines(file)
            .Where(line => line.StartsWith(name, StringComparison.Ordinal))
            .Select(line => line[(line.IndexOf(separator, StringComparison.Ordinal) + 1)..].Trim())
            .FirstOrDefault();

    // The version is the name of the folder that the program lies in; asking the program would start Erlang and cost seconds.
    private static string RabbitMqVersion() =>
        Directory.Exists("/usr/lib/rabbitmq/lib")
            ? Directory.EnumerateDirectories("/usr/lib/rabbitmq/lib", "rabbitmq_server-*")
                .Select(path => path[(path.LastIndexOf('-') + 1)..])
                .FirstOrDefault() ?? "unknown"
            : "unknown";

    private static string? Word(string? line, string start) =>
        line?.Split(' ').FirstOrDefault(word => word.StartsWith(start, StringComparison.Ordinal))?[start.Length..];

    private static string? FirstLine(string program, string argument)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, [argument]) { RedirectStandardOutput = true });
            var line = process?.StandardOutput.ReadLine();
            process?.WaitForExit(ProgramLimit);
            return line;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null; // not installed here: the address of a running one was given
        }
    }
}
