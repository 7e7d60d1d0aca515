using MtSockets.Edge.Protocol;
using MtSockets.Edge.Tests.Fakes;
using MtSockets.Edge.Users;

namespace MtSockets.Edge.Tests.Sockets;

public sealed class InboundFramesTests : ServerTests
{
    private readonly TestServer _one;
    private readonly TestServer _two;

    public InboundFramesTests() => (_one, _two) = (AddServer("edge-1"), AddServer("edge-2"));

    [Theory]
    [InlineData("nonsense", "bad_frame")]
    [InlineData("""{"body":1}""", "bad_recipient")]
    [InlineData("""{"to":"a\u0007b","body":1}""", "bad_recipient")]
    public async Task TryHandle_OfABadFrame_TellsTheSenderAndGoesOn(string frame, string code)
    {
        var alice = await _one.ConnectAsync("alice");

        await alice.SendAsync(frame, """{"to":"alice","body":"still here"}""");

        Assert.Contains($"\"code\":\"{code}\"", await alice.NextAsync(), StringComparison.Ordinal);
        Assert.Contains("still here", await alice.NextAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(128, true)]
    [InlineData(129, false)]
    [InlineData(60_000, false)]
    public async Task TryHandle_OfALongRecipient_IsBoundedInCharacters(int length, bool ok)
    {
        var alice = await _one.ConnectAsync("alice");
        // Four bytes each in UTF-8, and two chars: the bound counts characters.
        var to = string.Concat(Enumerable.Repeat("🦊", length));

        await alice.SendAsync($$"""{"to":"{{to}}","body":1}""", """{"to":"alice","body":"marker"}""");

        Assert.Contains(ok ? "marker" : "bad_recipient", await alice.NextAsync(), StringComparison.Ordinal);
        Assert.Equal(ok ? 1 : 0, (await World.Inbox.FramesOfAsync(to)).Length);
    }

    [Fact]
    public async Task TryHandle_OfPing_AnswersPong()
    {
        var alice = await ConnectV1("alice");

        await alice.SendAsync("""{"op":"ping"}""");

        Assert.Equal("""{"op":"pong"}""", await alice.NextAsync());
    }

    [Fact]
    public async Task TryHandle_OfAnAcknowledgedMessage_AcksWhatIsInTheLogAndDeliversItWithItsNumber()
    {
        var alice = await ConnectV1("alice");
        var bob = await ConnectV1("bob", _two);

        await alice.SendAsync("""{"to":"bob","body":1,"id":"a"}""", """{"to":"bob","body":2,"id":"b"}""");

        Assert.Equal(
            ["""{"op":"ack","id":"a","seq":1,"status":"accepted"}""", """{"op":"ack","id":"b","seq":2,"status":"accepted"}"""],
            await alice.NextAsync(2));
        Assert.StartsWith("""{"from":"alice","to":"bob","body":1,"seq":1,"id":"a","at":""", await bob.NextAsync(), StringComparison.Ordinal);
        Assert.StartsWith("""{"from":"alice","to":"bob","body":2,"seq":2,"id":"b","at":""", await bob.NextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TryHandle_OfTheSameIdAgain_AcksItAgainAndDeliversItOnce()
    {
        var alice = await ConnectV1("alice");
        var bob = await ConnectV1("bob", _two);

        await alice.SendAsync("""{"to":"bob","body":1,"id":"a"}""");
        await alice.SendAsync("""{"to":"bob","body":1,"id":"a"}""");

        Assert.Equal((await alice.NextAsync()), await alice.NextAsync());
        Assert.Contains("\"seq\":1", await bob.NextAsync(), StringComparison.Ordinal);
        await bob.ExpectNothingAsync();
    }

    [Fact]
    public async Task TryHandle_OfAPlainRecipient_GivesHimThreeKeysWhateverTheSenderSpeaks()
    {
        var alice = await ConnectV1("alice");
        var bob = await _two.ConnectAsync("bob");

        await alice.SendAsync("""{"to":"bob","body":1,"id":"a","type":"chat"}""");

        Assert.Equal("""{"from":"alice","to":"bob","body":1}""", await bob.NextAsync());
    }

    [Fact]
    public async Task TryHandle_OfAnAcknowledgedMessage_WithRedisAway_TellsTheSenderAndNamesTheId()
    {
        var alice = await ConnectV1("alice");
        World.IsRedisUp = false;

        await alice.SendAsync("""{"to":"bob","body":1,"id":"a"}""");

        var error = await alice.NextAsync();
        Assert.Contains("\"code\":\"unavailable\"", error, StringComparison.Ordinal);
        Assert.Contains("\"id\":\"a\"", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TryHandle_OfAnAcknowledgedMessage_WithTheBusAway_AcksIt()
    {
        var alice = await ConnectV1("alice");
        await ConnectV1("bob", _two);
        World.Network.IsUp = false;

        await alice.SendAsync("""{"to":"bob","body":1,"id":"a"}""");

        Assert.Equal("""{"op":"ack","id":"a","seq":1,"status":"accepted"}""", await alice.NextAsync());
        Assert.Single(await World.Inbox.FramesOfAsync("bob"));
    }

    /// <summary>Frames with and without id in one read, to people here, elsewhere and nowhere: the order for each pair is kept.</summary>
    [Theory]
    [InlineData("bob bob! bob bob!")]
    [InlineData("bob! bob bob! bob")]
    [InlineData("bob! carol bob carol!")]
    [InlineData("carol bob! carol! bob")]
    [InlineData("bob! nobody bob")]
    [InlineData("nobody bob! nobody! bob")]
    [InlineData("alice! nobody alice bob!")]
    public async Task TryHandle_OfMixedFramesInOneRead_KeepsTheOrderForEachPair(string recipients)
    {
        var alice = await ConnectV1("alice");
        var carol = await ConnectV1("carol");
        var bob = await ConnectV1("bob", _two);
        var sent = recipients.Split(' ').Select((to, i) => (To: to.TrimEnd('!'), Id: to.EndsWith('!') ? $$""","id":"{{i}}" """ : "", Body: i)).ToArray();

        await alice.SendAsync([.. sent.Select(frame => $$"""{"to":"{{frame.To}}","body":{{frame.Body}}{{frame.Id}}}""")]);

        foreach (var (name, device) in new[] { ("bob", bob), ("carol", carol) })
        {
            foreach (var frame in sent.Where(frame => frame.To == name))
                Assert.Contains($"\"body\":{frame.Body}", await device.NextAsync(), StringComparison.Ordinal);
            await device.ExpectNothingAsync();
        }

        Assert.Equal(
            sent.Where(frame => frame.To == "nobody").Select(frame => $$"""{"from":"alice","to":"nobody","body":{{frame.Body}}}"""),
            await World.Inbox.FramesOfAsync("nobody"));
    }

    [Fact]
    public async Task TryHandle_OfAnEphemeralMessage_IsNeverStored()
    {
        var alice = await ConnectV1("alice");
        var bob = await ConnectV1("bob", _two);

        await alice.SendAsync(
            """{"to":"nobody","body":1,"type":"typing"}""",
            """{"to":"bob","body":1,"type":"typing"}""",
            """{"to":"bob","body":1,"type":"typing","id":"a"}""");

        Assert.Contains("\"type\":\"typing\"", await bob.NextAsync(), StringComparison.Ordinal);
        Assert.Empty(await World.Inbox.FramesOfAsync("nobody"));
        Assert.Contains("\"code\":\"bad_frame\"", await alice.NextAsync(), StringComparison.Ordinal);
        Assert.Equal(0, World.Inbox.Appends);
    }

    [Fact]
    public async Task TryHandle_OfConfirm_BeyondWhatWasGiven_IsAnError()
    {
        var bob = await ConnectV1("bob");
        await World.Inbox.StoreAsync("bob", """{"from":"a","to":"bob","body":1}""");
        bob.Connection.Session.Poke();
        Assert.Contains("\"seq\":1", await bob.NextAsync(), StringComparison.Ordinal);

        await bob.SendAsync("""{"op":"confirm","seq":2}""");
        Assert.Contains("\"code\":\"bad_frame\"", await bob.NextAsync(), StringComparison.Ordinal);
        await bob.SendAsync("""{"op":"confirm","seq":1}""");
        await _one.Get<Confirmations>().FlushAsync(CancellationToken.None);

        Assert.Equal(1, World.Inbox.Confirmed["bob"]);
    }

    [Fact]
    public async Task TryHandle_OfConfirm_SendsTheReceiptToTheSenderWhereverHeIs()
    {
        var alice = await ConnectV1("alice");
        var bob = await ConnectV1("bob", _two);
        await alice.SendAsync("""{"to":"bob","body":1,"id":"a","receipt":true}""");
        await alice.NextAsync();
        await bob.NextAsync();

        await bob.SendAsync("""{"op":"confirm","seq":1}""");
        await _two.Get<Confirmations>().FlushAsync(CancellationToken.None);

        Assert.Equal("""{"op":"receipt","id":"a","to":"bob","status":"delivered"}""", await alice.NextAsync());
    }

    private async Task<Device> ConnectV1(string user, TestServer? server = null)
    {
        var device = await (server ?? _one).ConnectAsync(user, Dialect.V1);
        Assert.StartsWith("{\"op\":\"welcome\"", await device.NextAsync(), StringComparison.Ordinal);
        return device;
    }
}
