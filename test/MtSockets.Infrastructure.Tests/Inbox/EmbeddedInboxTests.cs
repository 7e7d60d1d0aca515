using Microsoft.Extensions.Options;
using MtSockets.Infrastructure.Inbox;

namespace MtSockets.Infrastructure.Tests.Inbox;

public sealed class EmbeddedInboxTests : InboxIdSpecification
{
    private protected override IInbox Create(InboxOptions? options = null) =>
        new EmbeddedInbox(Options.Create(options ?? new InboxOptions()), Time);

    [Fact]
    public async Task AppendAsync_SameIdAfterTheWindow_IsAnotherMessage()
    {
        var inbox = Create(new InboxOptions { DedupSeconds = 10 });
        await AppendAsync(inbox, Message("sender", "c-1"));
        Time.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(new InboxAppended(2, IsDuplicate: false), await AppendAsync(inbox, Message("sender", "c-1")));
    }
}
