using MtSockets.Edge.Routing;

namespace MtSockets.Edge.Tests.Routing;

public sealed class RecipientListTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("a", "a")]
    [InlineData("a a a", "a")]
    [InlineData("a b a b c", "a b c")]
    [InlineData("a A", "a A")]
    public void Ids_AreTheDifferentRecipientsInOrder(string recipients, string ids)
    {
        var users = recipients.Split(' ', StringSplitOptions.RemoveEmptyEntries);

        var list = new RecipientList([.. users.Select(user => new OutgoingMessage(user, default, Origin: null))]);

        Assert.Equal(ids.Split(' ', StringSplitOptions.RemoveEmptyEntries), list.Ids);
        Assert.Equal(users, users.Select((_, i) => list.Ids[list.IndexOf(i)]));
    }
}
