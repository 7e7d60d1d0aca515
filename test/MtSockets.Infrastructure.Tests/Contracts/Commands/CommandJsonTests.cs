using System.Text.Json;
using MtSockets.Contracts.Commands;
using MtSockets.Contracts.Events;

namespace MtSockets.Infrastructure.Tests.Contracts.Commands;

/// <summary>What crosses the bus as JSON must come back from it: System.Text.Json is what MassTransit reads with.</summary>
public sealed class CommandJsonTests
{
    [Fact]
    public void SendToUser_Text_ComesBack()
    {
        var back = RoundTrip(new SendToUser("shop", "bob", "hello"));
        Assert.Equal(("shop", "bob", "hello"), (back.From, back.To, back.Body.GetString()));
    }

    [Fact]
    public void SendToUser_AnyJson_ComesBack()
    {
        var body = JsonSerializer.SerializeToElement(new { a = new object?[] { 1, null, "x" } });
        Assert.True(JsonElement.DeepEquals(body, RoundTrip(new SendToUser("shop", "bob", body)).Body));
    }

    [Fact]
    public void Broadcast_Text_ComesBack()
    {
        var back = RoundTrip(new Broadcast("ops", "hello"));
        Assert.Equal(("ops", "hello"), (back.From, back.Body.GetString()));
    }

    [Fact]
    public void DisconnectUser_WithAndWithoutAReason_ComesBack()
    {
        Assert.Equal(new DisconnectUser("bob"), RoundTrip(new DisconnectUser("bob")));
        Assert.Equal(new DisconnectUser("bob", "why"), RoundTrip(new DisconnectUser("bob", "why")));
    }

    [Fact]
    public void SendToUserResult_EveryOutcome_ComesBack()
    {
        foreach (var outcome in Enum.GetValues<SendOutcome>())
            Assert.Equal(new SendToUserResult(outcome, "why"), RoundTrip(new SendToUserResult(outcome, "why")));
    }

    /// <summary>Every contract there will ever be: two public constructors, say, and System.Text.Json can no longer read it.</summary>
    [Fact]
    public void Contracts_EveryCommandAndEvent_CanBeRead()
    {
        var contracts = typeof(SendToUser).Assembly.GetExportedTypes()
            .Where(type => type.Namespace == typeof(SendToUser).Namespace || type.Namespace == typeof(UserConnected).Namespace)
            .Where(type => type.IsClass)
            .ToArray();
        Assert.Contains(typeof(UserConnected), contracts);
        Assert.All(contracts, type => Assert.NotNull(JsonSerializer.Deserialize("{}", type, JsonSerializerOptions.Web)));
    }

    private static T RoundTrip<T>(T contract) =>
        JsonSerializer.Deserialize<T>(JsonSerializer.Serialize(contract, JsonSerializerOptions.Web), JsonSerializerOptions.Web)!;
}
