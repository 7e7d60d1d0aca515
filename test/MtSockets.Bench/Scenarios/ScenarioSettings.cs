namespace MtSockets.Bench.Scenarios;

/// <param name="Heat">Load in each way before anything is measured, until the servers' code is compiled as far as it will be.</param>
/// <param name="WarmUp">Load before the measured window.</param>
/// <param name="Window">The measured window.</param>
/// <param name="PacedWindow">The measured window of <c>paced</c>.</param>
/// <param name="Pairs">Pairs of sender and receiver.</param>
/// <param name="IdleFrom">Idle connections at the first reading of memory.</param>
/// <param name="IdleTo">Idle connections at the second.</param>
internal sealed record ScenarioSettings(
    TimeSpan Heat, TimeSpan WarmUp, TimeSpan Window, TimeSpan PacedWindow, int Pairs, int IdleFrom, int IdleTo);
