using System.Globalization;

namespace MtSockets.TestKit.Brokers;

internal static class ProcessGroup
{
    /// <summary>Whether a process of this group still runs. Zombies do not count: they hold no port and no file, and in a container nobody may ever reap them.</summary>
    public static bool IsAlive(int group)
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (char.IsAsciiDigit(Path.GetFileName(folder)[0]) && IsLiveMember(Path.Combine(folder, "stat"), group))
            {
                return true;
            }
        }

        return false;
    }

    // /proc/<pid>/stat: pid (name) state parent group ...; the name may hold spaces and parentheses.
    private static bool IsLiveMember(string statFile, int group)
    {
        try
        {
            var stat = File.ReadAllText(statFile);
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is not ("Z" or "X") && int.Parse(fields[2], CultureInfo.InvariantCulture) == group;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
