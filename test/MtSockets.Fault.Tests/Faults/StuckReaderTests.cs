using MtSockets.Fault.Tests.Clients;
using MtSockets.Fault.Tests.Load;
using MtSockets.Fault.Tests.Servers;
using MtSockets.TestKit;
using Xunit.Abstractions;

namespace MtSockets.Fault.Tests.Faults;

[Collection(FaultCollection.Name)]
public sealed class StuckReaderTests(FaultCluster cluster, ITestOutputHelper output)
{
    private const int Messages = 400;

    [Fact]
    public async Task Reader_ThatStops_IsClosedAndResumesWhileTheOthersNoticeNothing()
    {
        await using var load = await FaultLoad.StartAsync(cluster, "stuck-reader");
        var name = $"stuck-{Guid.NewGuid():N}";
        var received = new List<int>();
        await using var reader = await ReconnectingClient.ConnectAsync(new ClientOptions
        {
            Servers = [cluster.Servers[0].Address],
            User = name,
            ReceiveBufferBytes = 64 * 1024,
            OnMessage = message => received.Add(message.Body.GetProperty("n").GetInt32()),
        });
        var seen = 0;
        await using var other = await ReconnectingClient.ConnectAsync(new ClientOptions
        {
            Servers = [cluster.Servers[0].Address],
            User = name,
            OnMessage = _ => Interlocked.Increment(ref seen),
        });
        await using var sender = await ReconnectingClient.ConnectAsync(
            new ClientOptions { Servers = [cluster.Servers[1].Address], User = name + "-from" });

        await sender.SendAsync(name, new { n = 0 });
        await Eventually.TrueAsync(() => received.Count == 1, "the first message is read");
        load.Broken();
        reader.StopReading();
        // Far more than the queue of one connection (1 MiB) and the operating system (some megabytes) hold.
        var filling = new string('x', 32 * 1024);
        await Task.WhenAll(Enumerable.Range(1, Messages).Select(n => sender.SendAsync(name, new { n, filling })));
        // An acknowledgement says that the log has the message. What his other device on that server has got was given to this one too.
        await Eventually.TrueAsync(() => Volatile.Read(ref seen) == Messages + 1, "the other device has everything", TimeSpan.FromSeconds(30));
        reader.ReadAgain();
        load.Repaired();

        await Eventually.TrueAsync(() => received.Count == Messages + 1, "everything is read", TimeSpan.FromSeconds(30));
        Assert.Equal(Enumerable.Range(0, Messages + 1), received);
        Assert.Empty(reader.Wire.Gaps);
        Assert.Contains(reader.Wire.Closes, close => close.Code == 4000);
        Assert.All(reader.Wire.Welcomes.Skip(1), welcome => Assert.True(welcome.Resumed));

        var report = await load.EndAsync();
        FaultAssert.NothingLost(report, output);
        Assert.Equal(0, report.Reconnects);
    }
}
