namespace MtSockets.TestKit.Brokers;

/// <summary>A broker that somebody else started and owns. It is used as it is and outlives the tests.</summary>
internal sealed class GivenBroker(string variable, string address) : ITestBroker
{
    public string Address => address;

    public bool IsPrivate => false;

    public Task KillAsync() => throw NotOurs("kill");

    public Task RestartAsync(CancellationToken cancellationToken = default) => throw NotOurs("restart");

    public Task PauseAsync() => throw NotOurs("pause");

    public Task ResumeAsync() => throw NotOurs("resume");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private InvalidOperationException NotOurs(string what) => new(
        $"Cannot {what} the broker at {address}: it was given by {variable} and tests touch only what they started. "
        + "Start a private one for this test.");
}
