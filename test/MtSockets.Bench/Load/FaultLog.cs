namespace MtSockets.Bench.Load;

/// <summary>Everything that must not happen: counted by kind, with the first few in words. Any of it fails the benchmark.</summary>
internal sealed class FaultLog
{
    private const int SamplesKept = 5;

    private readonly SortedDictionary<string, long> _counts = new(StringComparer.Ordinal);
    private readonly List<string> _samples = [];

    public bool Any => _counts.Count > 0;

    public void Add(string kind, string detail, long count = 1)
    {
        _counts[kind] = _counts.GetValueOrDefault(kind) + count;
        if (_samples.Count < SamplesKept)
            _samples.Add($"{kind}: {detail}");
    }

    public override string ToString() => Any
        ? string.Join(", ", _counts.Select(pair => $"{pair.Value} {pair.Key}")) + "; first: " + string.Join(" | ", _samples)
        : "none";
}
