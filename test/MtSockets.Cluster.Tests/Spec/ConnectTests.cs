using System.Net;
using System.Text.Json;
using MtSockets.Cluster.Tests.Servers;
using MtSockets.TestKit.Sockets;
using Xunit;

namespace MtSockets.Cluster.Tests.Spec;

/// <summary>Row "connect" of the spec, and what a user id may be.</summary>
public sealed class ConnectTests(TwoServers servers) : IClassFixture<TwoServers>
{
    private readonly EdgeCluster _cluster = servers.Cluster;

    public static TheoryData<string> GoodIds => new(
        "ab", "with space", "quote\"back\\slash", "{braces}", "a:b:c", "π😀漢", "*", "%20+&=?/#", new string('x', 128),
        string.Concat(Enumerable.Repeat("😀", 128)), "<script>", "'");

    public static TheoryData<string> BadIds => new(
        new string('x', 129), string.Concat(Enumerable.Repeat("😀", 129)), "tab\there", "line\nbreak", "nul\0", "del\u007f", "c1\u0085");

    [Theory]
    [InlineData("/ws")]
    [InlineData("/ws?user_id=")]
    [InlineData("/ws?other=alice")]
    public async Task Connect_WithoutUserId_Is400WithTheDocumentedJson(string path)
    {
        using var answer = await _cluster[0].GetAsync(path);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
        var body = JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync());
        Assert.Equal(["error", "message"], body.EnumerateObject().Select(property => property.Name).Order());
        Assert.Equal("user_id required", body.GetProperty("message").GetString());
        Assert.Equal(JsonValueKind.Null, body.GetProperty("error").ValueKind);
    }

    [Fact]
    public async Task Connect_HandshakeWithoutUserId_Is400()
    {
        var refused = await Assert.ThrowsAsync<HandshakeRefusedException>(() => TestClient.ConnectAsync(_cluster[0].Address, ""));

        Assert.Equal(400, refused.StatusCode);
    }

    [Theory]
    [MemberData(nameof(BadIds))]
    public async Task Connect_BadUserId_Is400ThatSaysWhy(string user)
    {
        var refused = await Assert.ThrowsAsync<HandshakeRefusedException>(() => TestClient.ConnectAsync(_cluster[0].Address, user));
        using var answer = await _cluster[0].GetAsync("/ws?user_id=" + Uri.EscapeDataString(user));

        Assert.Equal(400, refused.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.StartsWith("user_id must", JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync())
            .GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(GoodIds))]
    public async Task Connect_AnyGoodUserId_IsReachedFromBothServers(string user)
    {
        await using var recipient = await _cluster[0].ConnectAsync(user);
        await using var here = await _cluster[0].ConnectAsync(EdgeSetup.Unique("here"));
        await using var there = await _cluster[1].ConnectAsync(EdgeSetup.Unique("there"));

        await here.SendAsync(user, 1);
        var first = await recipient.ReceiveJsonAsync();
        await there.SendAsync(user, 2);
        var second = await recipient.ReceiveJsonAsync();

        Assert.Equal((here.User, user), (first.GetProperty("from").GetString(), first.GetProperty("to").GetString()));
        Assert.Equal((there.User, user), (second.GetProperty("from").GetString(), second.GetProperty("to").GetString()));
    }

    [Fact]
    public async Task Connect_UserIdWithoutHandshake_Is400()
    {
        using var answer = await _cluster[0].GetAsync("/ws?user_id=alice");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }
}
