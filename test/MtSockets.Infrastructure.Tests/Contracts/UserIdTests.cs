using MtSockets.Contracts;

namespace MtSockets.Infrastructure.Tests.Contracts;

public sealed class UserIdTests
{
    [Theory]
    [InlineData("alice")]
    [InlineData("a")]
    [InlineData(" ")]
    [InlineData("a b:c/d@e{f}*?#")]
    [InlineData("ünïcode 漢字 👋")]
    [InlineData("\"quoted\\\"")]
    public void IsValid_AnythingReadable_IsAccepted(string id)
    {
        Assert.True(UserId.IsValid(id, out var reason));
        Assert.Null(reason);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\nb")]
    [InlineData("\0")]
    [InlineData("\u001f")]
    [InlineData("\u007f")]
    [InlineData("a\u0085")]
    public void IsValid_EmptyOrControlCharacters_IsRefusedWithAReason(string id)
    {
        Assert.False(UserId.IsValid(id, out var reason));
        Assert.NotEmpty(reason);
    }

    [Theory]
    [InlineData("a", 128, true)]
    [InlineData("a", 129, false)]
    [InlineData("漢", 128, true)]
    [InlineData("漢", 129, false)]
    [InlineData("👋", 128, true)]
    [InlineData("👋", 129, false)]
    [InlineData("a", 100_000, false)]
    public void IsValid_Length_IsCountedInCharacters(string character, int count, bool valid) =>
        Assert.Equal(valid, UserId.IsValid(string.Concat(Enumerable.Repeat(character, count)), out _));

    /// <summary>UTF-8, and so JSON and Redis, cannot carry it.</summary>
    [Fact]
    public void IsValid_HalfOfASurrogatePair_IsRefused()
    {
        foreach (var id in new[] { "\ud83d", "a\udc4bb", "\udc4b\ud83d" })
            Assert.False(UserId.IsValid(id, out _));
    }
}
