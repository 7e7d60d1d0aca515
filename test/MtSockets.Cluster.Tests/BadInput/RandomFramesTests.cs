using System.Text;
using MtSockets.Cluster.Tests.Servers;
using MtSockets.TestKit.Sockets;
using Xunit;

namespace MtSockets.Cluster.Tests.BadInput;

/// <summary>Frames made by chance, from a seed that is part of the test's name: a failure comes again.</summary>
public sealed class RandomFramesTests(TwoServers servers) : IClassFixture<TwoServers>
{
    private const int Frames = 400;

    private static readonly string[] Pieces =
    [
        "{", "}", "[", "]", ":", ",", "\"", "\\", "\"to\"", "\"body\"", "\"from\"", "\"op\"", "\"id\"", "\"type\"", "\"seq\"", "\"receipt\"", "\"ping\"", "\"confirm\"", "null",
        "true", "-1", "1e999", "\\u0000", "\\ud800", "\u0001", "ä", "\U0001F600", "\"\"", " ", "\n", new('[', 40), new('9', 400), new('x', 5000),
    ];

    private readonly EdgeCluster _cluster = servers.Cluster;

    [Theory]
    [InlineData(1, null)]
    [InlineData(2, null)]
    [InlineData(1, "mtsockets.v1")]
    [InlineData(2, "mtsockets.v1")]
    public async Task Send_RandomFrames_KillNoConnectionAndDisturbNobody(int seed, string? subprotocol)
    {
        var random = new Random(seed);
        await using var victim = await TestClient.ConnectAsync(_cluster[0].Address, EdgeSetup.Unique("victim"), subprotocol);
        var alice = await _cluster.ConnectAsync(0, EdgeSetup.Unique("alice"));
        var bob = await _cluster.ConnectAsync(1, EdgeSetup.Unique("bob"));
        var valid = $$"""{"to":"{{victim.User}}","body":{"text":"hello","list":[1,2.5,null,true,"ä"]},"id":"c-1","type":"chat"}""";

        for (var i = 0; i < Frames; i++)
        {
            var bytes = i % 2 == 0 ? Encoding.UTF8.GetBytes(Assemble(random)) : Mutate(Encoding.UTF8.GetBytes(valid), random);
            await victim.SendBinaryAsync(bytes);
        }

        for (var i = 0; i < 20; i++)
            await alice.SendAsync(bob.User, i);
        var expected = Enumerable.Range(0, 20).Select(i => $$"""{"from":"{{alice.User}}","to":"{{bob.User}}","body":{{i}}}""");
        Assert.Equal(expected, await bob.ReceiveManyAsync(20));
        await alice.ExpectNothingAsync();

        // Still there, behind all the errors it has earned.
        await victim.SendAsync(victim.User, "the end");
        while (!(await victim.ReceiveAsync()).Contains("\"body\":\"the end\"", StringComparison.Ordinal))
        {
        }
    }

    private static string Assemble(Random random)
    {
        var frame = new StringBuilder(random.Next(2) == 0 ? "{" : "");
        for (var left = random.Next(20); left > 0; left--)
            frame.Append(Pieces[random.Next(Pieces.Length)]);
        return frame.ToString();
    }

    private static byte[] Mutate(byte[] frame, Random random)
    {
        for (var left = random.Next(1, 4); left > 0; left--)
            frame[random.Next(frame.Length)] = (byte)random.Next(256);
        return random.Next(3) == 0 ? frame[..random.Next(frame.Length)] : frame;
    }
}
