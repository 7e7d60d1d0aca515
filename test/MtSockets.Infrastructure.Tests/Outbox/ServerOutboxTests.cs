using System.Text;
using MtSockets.Contracts.Bus;
using MtSockets.Infrastructure.Bus;
using MtSockets.Infrastructure.Outbox;
using MtSockets.Infrastructure.Tests.Fakes;

namespace MtSockets.Infrastructure.Tests.Outbox;

public sealed class ServerOutboxTests
{
    [Fact]
    public async Task Add_OneMessage_IsPublishedAtOnce()
    {
        await using var bench = new OutboxBench();
        bench.AddAll("u1");
        var publish = await bench.Bus.NextAsync();
        Assert.Equal(("server.b", "me"), (publish.RoutingKey, publish.Origin));
        Assert.Equal(["u1"], publish.Users);
        publish.Confirm();
        await bench.IdleAsync();
        Assert.False(bench.Bus.HasPublish);
    }

    [Fact]
    public async Task Add_WhileAPublishIsInFlight_AllTheRestIsTheNextBatch()
    {
        await using var bench = new OutboxBench();
        bench.AddAll("u1");
        var first = await bench.Bus.NextAsync();
        bench.AddAll("u2", "u3", "u4");
        Assert.False(bench.Bus.HasPublish);
        first.Confirm();

        var second = await bench.Bus.NextAsync();
        Assert.Equal(["u2", "u3", "u4"], second.Users);
        bench.AddAll("u5");
        second.Confirm();

        var third = await bench.Bus.NextAsync();
        Assert.Equal(["u5"], third.Users);
        third.Confirm();
        await bench.IdleAsync();
        Assert.Equal(1, bench.Bus.MostInFlight);
    }

    [Fact]
    public async Task Add_EveryField_ArrivesAsItWas()
    {
        await using var bench = new OutboxBench();
        var frame = """{"from":"ü\"x","to":"b","body":{"deep":[1,null,"👋"]}}""";
        var message = new SeenMessage(ServerMessageKind.Deliver, "ü\"\\\n👋", frame, Hops: 3, ServerMessageShare.Copy) { Seq = 7, Extra = "{}" };
        bench.AddAll("first");
        var first = await bench.Bus.NextAsync();
        bench.Outboxes.Add(OutboxBench.Target, message.ToServerMessage(), null);
        bench.Outboxes.Add(OutboxBench.Target, new ServerMessage(ServerMessageKind.Departed, "gone", default), null);
        first.Confirm();

        var second = await bench.Bus.NextAsync();
        Assert.Equal([message, new SeenMessage(ServerMessageKind.Departed, "gone", "")], second.Messages);
        second.Confirm();
    }

    [Fact]
    public async Task Add_MoreThanOneBatchHolds_IsSplitInOrder()
    {
        await using var bench = new OutboxBench(new OutboxOptions { MaxBatchBytes = 300 });
        bench.AddAll("first");
        var publish = await bench.Bus.NextAsync();
        var users = Enumerable.Range(0, 20).Select(i => $"u{i}").ToArray();
        bench.AddAll(users);
        publish.Confirm();

        var seen = new List<string>();
        var batches = 0;
        while (seen.Count < users.Length)
        {
            publish = await bench.Bus.NextAsync();
            Assert.InRange(publish.Body.Length, 1, 300 + "[]".Length);
            seen.AddRange(publish.Users);
            batches++;
            publish.Confirm();
        }

        Assert.Equal(users, seen);
        Assert.InRange(batches, 2, users.Length - 1);
        Assert.Equal(1, bench.Bus.MostInFlight);
    }

    [Fact]
    public async Task Add_MessageLargerThanABatch_GoesAlone()
    {
        await using var bench = new OutboxBench(new OutboxOptions { MaxBatchBytes = 300 });
        bench.AddAll("first");
        var first = await bench.Bus.NextAsync();
        var large = $$"""{"body":"{{new string('x', 2000)}}"}""";
        bench.AddAll("before");
        bench.Outboxes.Add(OutboxBench.Target, OutboxBench.Message("large", large), null);
        bench.AddAll("after");
        first.Confirm();

        foreach (var user in new[] { "before", "large", "after" })
        {
            var publish = await bench.Bus.NextAsync();
            Assert.Equal([user], publish.Users);
            publish.Confirm();
        }
    }

    [Fact]
    public async Task Add_AboveTheBound_IsFullUntilThereIsRoomAgain()
    {
        await using var bench = new OutboxBench(new OutboxOptions { MaxBytes = 1000 });
        bench.AddAll("first");
        var first = await bench.Bus.NextAsync();
        var taken = 0;
        while (bench.Add($"u{taken}") is not { } failure || Fail(failure))
            Assert.InRange(++taken, 1, 1000);
        Assert.InRange(taken, 2, 1000 / 36);
        first.Confirm();

        var second = await bench.Bus.NextAsync();
        Assert.Equal(Enumerable.Range(0, taken).Select(i => $"u{i}"), second.Users);
        Assert.Null(bench.Add("later"));
        second.Confirm();
        Assert.Empty(bench.Undelivered.Messages);

        static bool Fail(OutboxFailure failure)
        {
            Assert.Equal(OutboxFailure.Full, failure);
            return false;
        }
    }

    [Fact]
    public async Task Add_BusIsDown_IsRefusedAndNothingIsPublished()
    {
        await using var bench = new OutboxBench();
        bench.Bus.IsUp = false;
        Assert.Equal(OutboxFailure.BusDown, bench.Add("u1"));
        bench.Bus.IsUp = true;
        bench.AddAll("marker");
        Assert.Equal(["marker"], (await bench.Bus.NextAsync()).Users);
        Assert.Empty(bench.Undelivered.Messages);
    }

    [Theory]
    [InlineData(PublishOutcome.Returned, OutboxFailure.ServerGone)]
    [InlineData(PublishOutcome.Failed, OutboxFailure.BusDown)]
    public async Task Publish_NotConfirmed_GivesEveryMessageBackWithItsOrigin(object outcome, object failure)
    {
        await using var bench = new OutboxBench();
        bench.AddAll("first");
        var first = await bench.Bus.NextAsync();
        var origins = Enumerable.Range(0, 5).Select(i => i == 2 ? null : new NamedOrigin($"sender {i}")).ToArray();
        for (var i = 0; i < origins.Length; i++)
            bench.Add($"u{i}", origin: origins[i]);
        first.Confirm();
        (await bench.Bus.NextAsync()).Outcome.SetResult((PublishOutcome)outcome);
        await bench.IdleAsync();

        var back = bench.Undelivered.Messages;
        Assert.Equal(["u0", "u1", "u2", "u3", "u4"], back.Select(given => given.Message.User));
        Assert.Equal(origins, back.Select(given => given.Origin));
        Assert.All(back, given => Assert.Equal(("b", (OutboxFailure)failure), (given.ServerId, given.Failure)));
        Assert.All(back, given => Assert.Equal("""{"from":"a","to":"b","body":"hello"}""", given.Message.Frame));
    }

    [Fact]
    public async Task Publish_OneOfSeveralBatchesFails_TheOthersAreNotTouched()
    {
        await using var bench = new OutboxBench(new OutboxOptions { MaxBatchBytes = 1 });
        bench.AddAll("first");
        var first = await bench.Bus.NextAsync();
        bench.AddAll("u1", "u2", "u3");
        first.Confirm();
        (await bench.Bus.NextAsync()).Confirm();
        (await bench.Bus.NextAsync()).Outcome.SetResult(PublishOutcome.Failed);
        var last = await bench.Bus.NextAsync();
        Assert.Equal(["u3"], last.Users);
        last.Confirm();
        await bench.IdleAsync();
        Assert.Equal(["u2"], bench.Undelivered.Messages.Select(given => given.Message.User));
    }

    [Fact]
    public async Task Publish_Throws_IsGivenBackAndTheNextGoesOut()
    {
        await using var bench = new OutboxBench();
        bench.AddAll("u1");
        (await bench.Bus.NextAsync()).Outcome.SetException(new InvalidOperationException("unforeseen"));
        await bench.IdleAsync();
        Assert.Equal(OutboxFailure.BusDown, Assert.Single(bench.Undelivered.Messages).Failure);

        bench.AddAll("u2");
        Assert.Equal(["u2"], (await bench.Bus.NextAsync()).Users);
    }

    [Fact]
    public async Task Publish_PlainTarget_IsOneMessageEachWithTheBytesOfTheFrame()
    {
        await using var bench = new OutboxBench();
        OutboxTarget plain = new("go", Plain: true);
        string[] frames =
        [
            """{"from":"a","to":"b","body":"1"}""", """{"from":"ü","to":"👋","body":"\u0000 \""}""", """{"from":"a","to":"b","body":"3"}""",
        ];
        foreach (var frame in frames)
            bench.Outboxes.Add(plain, OutboxBench.Message("b", frame), null);

        foreach (var frame in frames)
        {
            var publish = await bench.Bus.NextAsync();
            Assert.True(publish.IsPlain);
            Assert.Equal("server.go", publish.RoutingKey);
            Assert.Equal(frame, Encoding.UTF8.GetString(publish.Body));
            publish.Confirm();
        }

        await bench.IdleAsync();
        Assert.Equal(1, bench.Bus.MostInFlight);
    }

    [Fact]
    public async Task Publish_PlainTargetIsGone_GivesBackTheOneMessage()
    {
        await using var bench = new OutboxBench();
        OutboxTarget plain = new("go", Plain: true);
        bench.Add("u1", plain, new NamedOrigin("one"));
        bench.Add("u2", plain, new NamedOrigin("two"));
        (await bench.Bus.NextAsync()).Outcome.SetResult(PublishOutcome.Returned);
        (await bench.Bus.NextAsync()).Confirm();
        await bench.IdleAsync();
        var back = Assert.Single(bench.Undelivered.Messages);
        Assert.Equal(("go", "u1", OutboxFailure.ServerGone), (back.ServerId, back.Message.User, back.Failure));
        Assert.Equal(new NamedOrigin("one"), back.Origin);
    }
}
