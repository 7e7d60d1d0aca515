using System.Text.Json;
using MtSockets.Cluster.Tests.Servers;
using MtSockets.TestKit.Sockets;
using Xunit;

namespace MtSockets.Cluster.Tests.Guarantees;

/// <summary>A user who moves between servers while others write to him from both.</summary>
public sealed class MovingUserTests(TwoServers servers) : IClassFixture<TwoServers>
{
    private const int Moves = 12;
    private const int EachMove = 60;

    private readonly EdgeCluster _cluster = servers.Cluster;

    [Fact]
    public async Task Move_ConnectsBeforeHeLeaves_NothingIsLostAndNothingComesTwiceToAConnection()
    {
        var user = EdgeSetup.Unique("bob");
        var connections = new List<TestClient> { await _cluster.ConnectAsync(0, user) };

        var sent = await SendWhileAsync(user, async move =>
        {
            connections.Add(await _cluster.ConnectAsync(move % 2, user));
            await connections[^2].CloseAsync();
        });

        var received = await ReadAsync(connections, [.. sent]);
        foreach (var one in received)
            Assert.Equal(one.Count, one.Distinct().Count());
        Assert.Equal(sent.ToHashSet(), received.SelectMany(one => one).ToHashSet());
    }

    [Fact]
    public async Task Move_LeavesBeforeHeConnects_NothingComesTwice()
    {
        var user = EdgeSetup.Unique("bob");
        var connections = new List<TestClient> { await _cluster.ConnectAsync(0, user) };

        var sent = await SendWhileAsync(user, async move =>
        {
            await connections[^1].CloseAsync();
            connections.Add(await _cluster.ConnectAsync(move % 2, user));
        });

        // What was on its way to the socket that he left may be lost; the last of each sender is not.
        var all = (await ReadAsync(connections, [.. sent.TakeLast(2)])).SelectMany(one => one).ToArray();
        Assert.Equal(all.Length, all.Distinct().Count());
        Assert.Subset(sent.ToHashSet(), all.ToHashSet());
    }

    // Sends from both servers all the time, while each move is made and between two moves.
    private async Task<List<string>> SendWhileAsync(string user, Func<int, Task> moveAsync)
    {
        var senders = new[] { await _cluster.ConnectAsync(0, EdgeSetup.Unique("s")), await _cluster.ConnectAsync(1, EdgeSetup.Unique("s")) };
        var sent = new List<string>();
        for (var move = 1; move <= Moves; move++)
        {
            var moving = moveAsync(move);
            for (var i = 0; i < EachMove; i++)
            {
                foreach (var sender in senders)
                {
                    await sender.SendAsync(user, $"{sender.User}/{move}/{i}");
                    sent.Add($"{sender.User}/{move}/{i}");
                }
            }

            await moving;
        }

        foreach (var sender in senders)
        {
            await sender.SendAsync(user, $"{sender.User}/last");
            sent.Add($"{sender.User}/last");
        }

        return sent;
    }

    // Reads until each of these messages has been seen; then whatever is there more.
    private static async Task<List<List<string>>> ReadAsync(List<TestClient> connections, HashSet<string> until)
    {
        var received = new List<List<string>>();
        foreach (var closed in connections.SkipLast(1))
            received.Add(await ReadToEndAsync(closed));
        var seen = received.SelectMany(one => one).ToHashSet();
        var last = new List<string>();
        received.Add(last);
        while (!until.IsSubsetOf(seen))
        {
            last.Add(BodyOf(await connections[^1].ReceiveAsync()));
            seen.Add(last[^1]);
        }

        await connections[^1].CloseAsync();
        last.AddRange(await ReadToEndAsync(connections[^1]));
        return received;
    }

    private static async Task<List<string>> ReadToEndAsync(TestClient client)
    {
        var bodies = new List<string>();
        try
        {
            while (true)
                bodies.Add(BodyOf(await client.ReceiveAsync()));
        }
        catch (InvalidOperationException)
        {
            // Closed, and nothing is left.
            return bodies;
        }
    }

    private static string BodyOf(string frame) => JsonSerializer.Deserialize<JsonElement>(frame).GetProperty("body").GetString()!;
}
