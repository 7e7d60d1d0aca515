using System.Globalization;
using System.Text.Json;
using MtSockets.Cluster.Tests.Servers;
using MtSockets.Edge.Routing;
using MtSockets.TestKit;
using MtSockets.TestKit.Sockets;
using Xunit;

namespace MtSockets.Cluster.Tests.Guarantees;

/// <summary>A user connects elsewhere while a stream of messages goes to him by a leased route.</summary>
public sealed class LeasedRouteTests : IAsyncLifetime, IDisposable
{
    // Longer than a handshake may take: whoever had to wait for the end would fail.
    private static readonly (string, string?) LongLease = ("Routing__RouteLeaseMs", "10000");
    private static readonly TimeSpan Handshake = TimeSpan.FromSeconds(8);

    private const int Arrivals = 15;

    // Sent after the handshake, and so owed to the new connection.
    private const int Owed = 200;

    // As fast as he reads: a slow reader would be closed.
    private readonly SemaphoreSlim _room = new(50);
    private EdgeCluster _cluster = null!;
    private long _read = -1;
    private long _readByOther = -1;
    private long _begun;

    public async Task InitializeAsync() => _cluster = await EdgeCluster.StartAsync(3, LongLease);

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    public void Dispose() => _room.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Connect_AmidAStream_GetsEverythingSentAfterItsHandshakeInOrder(bool leavesTheOtherServer)
    {
        var alice = await _cluster.ConnectAsync(0, EdgeSetup.Unique("alice"));
        var user = EdgeSetup.Unique("bob");
        var before = await _cluster.ConnectAsync(1, user);
        var reading = ReadToEndAsync(before);
        using var enough = new CancellationTokenSource();
        var sending = SendAsync(alice, user, enough.Token);

        for (var arrival = 0; arrival < Arrivals; arrival++)
        {
            await Eventually.TrueAsync(() => _cluster[0].Get<RouteLeases>().TryGet(user, out _), "the route is leased");
            var device = await _cluster.ConnectAsync(1 + (arrival + 1) % 2, user).WaitAsync(Handshake);
            var owedFrom = Volatile.Read(ref _begun) + 1;
            // Nothing from before the handshake is on its way any more: it would be looked up again and come late.
            await Eventually.TrueAsync(() => Volatile.Read(ref _readByOther) >= owedFrom, "the other device has read on");
            if (leavesTheOtherServer)
                await before.CloseAsync();

            // What was sent before its handshake was answered may reach it too, late where it had to be looked up again.
            for (var owed = owedFrom; owed < owedFrom + Owed;)
            {
                var number = await NumberAsync(device);
                if (number >= owedFrom)
                    Assert.Equal(owed++, number);
            }

            if (leavesTheOtherServer)
            {
                await reading;
                reading = ReadToEndAsync(before = device);
            }
            else
            {
                await device.CloseAsync();
                await ReadToEndAsync(device);
            }
        }

        await enough.CancelAsync();
        await sending;
    }

    private async Task SendAsync(TestClient alice, string user, CancellationToken enough)
    {
        try
        {
            for (var number = 0L; ; number++)
            {
                await _room.WaitAsync(enough);
                Volatile.Write(ref _begun, number);
                await alice.SendAsync(user, number.ToString(CultureInfo.InvariantCulture), CancellationToken.None);
            }
        }
        catch (OperationCanceledException)
        {
            // Enough.
        }
    }

    private async Task<long> NumberAsync(TestClient client)
    {
        var number = NumberOf(await client.ReceiveAsync());
        lock (_room)
        {
            if (number > _read)
            {
                _room.Release((int)(number - _read));
                _read = number;
            }
        }

        return number;
    }

    private async Task ReadToEndAsync(TestClient client)
    {
        try
        {
            while (true)
                Volatile.Write(ref _readByOther, await NumberAsync(client));
        }
        catch (InvalidOperationException)
        {
            // Closed, and nothing is left.
        }
    }

    private static long NumberOf(string frame) =>
        long.Parse(JsonSerializer.Deserialize<JsonElement>(frame).GetProperty("body").GetString()!, CultureInfo.InvariantCulture);
}
