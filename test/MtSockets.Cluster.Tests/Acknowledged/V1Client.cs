using System.Text.Json;
using System.Text.Json.Nodes;
using MtSockets.Cluster.Tests.Servers;
using MtSockets.TestKit;
using MtSockets.TestKit.Sockets;
using Xunit;

namespace MtSockets.Cluster.Tests.Acknowledged;

/// <summary>A client of <c>mtsockets.v1</c> whose <c>welcome</c> has come.</summary>
internal sealed class V1Client : IAsyncDisposable
{
    private V1Client(TestClient socket, JsonElement welcome) => (Socket, Welcome) = (socket, welcome);

    public TestClient Socket { get; }

    public JsonElement Welcome { get; }

    public string User => Socket.User;

    public static async Task<V1Client> ConnectAsync(EdgeServer server, string user, long? lastSeq = null)
    {
        var socket = await TestClient.ConnectAsync(server.Address, user, "mtsockets.v1", lastSeq is { } seq ? $"last_seq={seq}" : null);
        Assert.Equal("mtsockets.v1", socket.Subprotocol);
        var welcome = await socket.ReceiveJsonAsync();
        Assert.Equal("welcome", welcome.GetProperty("op").GetString());
        return new V1Client(socket, welcome);
    }

    public Task SendAsync(string to, object? body, string? id = null, bool receipt = false, string? type = null)
    {
        var frame = new JsonObject { ["to"] = to, ["body"] = JsonSerializer.SerializeToNode(body) };
        if (id is not null)
            frame["id"] = id;
        if (receipt)
            frame["receipt"] = true;
        if (type is not null)
            frame["type"] = type;
        return Socket.SendTextAsync(frame.ToJsonString());
    }

    /// <summary>Sends an acknowledged message; the next frame is its ack, whose number is returned.</summary>
    public async Task<long> SendAcknowledgedAsync(string to, object? body, string id, bool receipt = false)
    {
        await SendAsync(to, body, id, receipt);
        return await ExpectAckAsync(id);
    }

    /// <summary>Sends it again with the same id after every error that allows it, as a client does.</summary>
    public async Task<long> SendUntilAcknowledgedAsync(string to, object? body, string id)
    {
        var ack = await Eventually.ValueAsync(
            async () =>
            {
                await SendAsync(to, body, id);
                return await ReceiveAsync();
            },
            answer => Op(answer) != "error" || !answer.GetProperty("retry").GetBoolean(),
            $"{id} is acknowledged",
            TimeSpan.FromSeconds(30));
        return Number(ack, id);
    }

    public async Task<long> ExpectAckAsync(string id) => Number(await ReceiveAsync(), id);

    /// <summary>The next frame is this message, and not an earlier or a later one.</summary>
    public async Task<JsonElement> ExpectMessageAsync(long seq, string body)
    {
        var message = await ReceiveAsync();
        Assert.Null(Op(message));
        Assert.Equal(body, message.GetProperty("body").GetString());
        Assert.Equal(seq, message.TryGetProperty("seq", out var number) ? number.GetInt64() : 0);
        return message;
    }

    public async Task ExpectErrorAsync(string code, bool retry, string? id = null)
    {
        var error = await ReceiveAsync();
        Assert.Equal("error", Op(error));
        Assert.Equal(code, error.GetProperty("code").GetString());
        Assert.Equal(retry, error.GetProperty("retry").GetBoolean());
        Assert.Equal(id, error.TryGetProperty("id", out var named) ? named.GetString() : null);
    }

    public async Task ExpectReceiptAsync(string id, string to)
    {
        var receipt = await ReceiveAsync();
        Assert.Equal("receipt", Op(receipt));
        Assert.Equal(id, receipt.GetProperty("id").GetString());
        Assert.Equal(to, receipt.GetProperty("to").GetString());
        Assert.Equal("delivered", receipt.GetProperty("status").GetString());
    }

    public Task ConfirmAsync(long seq) => Socket.SendTextAsync($$"""{"op":"confirm","seq":{{seq}}}""");

    public Task<JsonElement> ReceiveAsync() => Socket.ReceiveJsonAsync(TimeSpan.FromSeconds(30));

    public ValueTask DisposeAsync() => Socket.DisposeAsync();

    private static string? Op(JsonElement frame) => frame.TryGetProperty("op", out var op) ? op.GetString() : null;

    private static long Number(JsonElement ack, string id)
    {
        Assert.Equal("ack", Op(ack));
        Assert.Equal(id, ack.GetProperty("id").GetString());
        Assert.Equal("accepted", ack.GetProperty("status").GetString());
        return ack.GetProperty("seq").GetInt64();
    }
}
