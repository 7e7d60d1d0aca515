namespace MtSockets.Bench.Processes;

internal static class RepositoryRoot
{
    public static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "MtSockets.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException("This tool must lie inside the repository: no MtSockets.sln above it.");
    }
}
