namespace MtSockets.Edge.Tests.Protocol;

/// <summary>Reads tables out of the project's pages, so that they can be held against the code.</summary>
internal static class MarkdownTable
{
    /// <summary>The rows of the first table below a heading, without its head; code marks are taken off.</summary>
    public static IReadOnlyList<string[]> Below(string file, string heading)
    {
        var lines = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Documents", file));
        var rows = lines
            .SkipWhile(line => line.TrimStart('#').Trim() != heading || !line.StartsWith('#'))
            .SkipWhile(line => !line.StartsWith('|'))
            .TakeWhile(line => line.StartsWith('|'))
            .Skip(2)
            .Select(line => line.Trim('|').Split('|').Select(cell => cell.Trim().Trim('`')).ToArray())
            .ToArray();
        Assert.True(rows.Length > 0, $"{file} has no table below \"{heading}\".");
        return rows;
    }
}
