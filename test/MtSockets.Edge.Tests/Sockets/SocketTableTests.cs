using MtSockets.Edge.Protocol;
using MtSockets.Edge.Sockets;
using MtSockets.Edge.Tests.Fakes;

namespace MtSockets.Edge.Tests.Sockets;

public sealed class SocketTableTests : ServerTests
{
    private readonly SocketTable _table;
    private readonly ConnectionFactory _connections;

    public SocketTableTests()
    {
        var server = AddServer();
        (_table, _connections) = (server.Table, server.Get<ConnectionFactory>());
    }

    [Fact]
    public void TryGet_OfAConnectedUser_FindsAllHisConnections()
    {
        var (phone, laptop) = (New("bob"), New("bob"));
        _table.Add(phone);
        _table.Add(laptop);
        _table.Add(New("Bob"));

        Assert.True(_table.TryGet("bob", out var user));
        Assert.Equal([phone, laptop], user.Connections);
        Assert.Equal(3, _table.ConnectionCount);
        Assert.False(_table.TryGet("bo", out _));
    }

    [Fact]
    public void Remove_OfAnOlderConnection_LeavesTheNewerOne()
    {
        var (older, newer) = (New("bob"), New("bob"));
        var user = _table.Add(older);
        _table.Add(newer);

        _table.Remove(user, older);
        _table.RemoveIfGone(user);

        Assert.True(_table.TryGet("bob", out var found));
        Assert.Equal([newer], found.Connections);
    }

    [Fact]
    public void Remove_Repeated_CountsOnce()
    {
        var connection = New("bob");
        var user = _table.Add(connection);
        _table.Add(New("carol"));

        _table.Remove(user, connection);
        _table.Remove(user, connection);

        Assert.Equal(1, _table.ConnectionCount);
    }

    [Fact]
    public void RemoveIfGone_OfAnEmptyUser_TakesHimOut()
    {
        var connection = New("bob");
        var user = _table.Add(connection);
        _table.Remove(user, connection);
        Assert.False(_table.IsEmpty);

        _table.RemoveIfGone(user);

        Assert.True(_table.IsEmpty);
        Assert.False(_table.TryGet("bob", out _));
    }

    [Fact]
    public void RemoveIfGone_OfAFormerEntry_LeavesTheNewOneAlone()
    {
        var former = New("bob");
        var formerUser = _table.Add(former);
        _table.Remove(formerUser, former);
        _table.RemoveIfGone(formerUser);
        var user = _table.Add(New("bob"));

        _table.RemoveIfGone(formerUser);

        Assert.NotSame(formerUser, user);
        Assert.True(_table.TryGet("bob", out var found));
        Assert.Same(user, found);
    }

    [Fact]
    public void Add_ToAnEntryThatIsJustLeaving_BeginsANewOne()
    {
        var former = New("bob");
        var formerUser = _table.Add(former);
        _table.Remove(formerUser, former);
        Assert.True(formerUser.TryRetire()); // it has ended, and still stands in the table

        var connection = New("bob");
        var user = _table.Add(connection);

        Assert.NotSame(formerUser, user);
        Assert.True(_table.TryGet("bob", out var found));
        Assert.Equal([connection], found.Connections);
    }

    [Fact]
    public async Task AddAndRemove_FromManyThreads_LosesNoConnectionAndLeavesNoEmptyUser()
    {
        const int Threads = 8;
        const int Rounds = 3000;
        string[] users = ["bob", "carol"];

        await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < Rounds; i++)
            {
                var connection = New(users[(thread + i) % users.Length]);
                var user = _table.Add(connection);
                Assert.True(_table.TryGet(connection.UserId, out var found) && found.Connections.Contains(connection), "A connection was lost.");
                _table.Remove(user, connection);
                _table.RemoveIfGone(user);
            }
        })));

        Assert.True(_table.IsEmpty);
        Assert.Equal(0, _table.ConnectionCount);
    }

    [Fact]
    public void TryDeliver_ToAUserWhoseConnectionsAreAllEnding_IsFalse()
    {
        var connection = New("bob");
        var user = _table.Add(connection);
        Assert.True(user.TryDeliver(new MessageFrame("{}"u8)));

        connection.Close(CloseReason.Restart);

        Assert.False(user.TryDeliver(new MessageFrame("{}"u8)));
    }

    [Fact]
    public void OtherServers_AreASet()
    {
        var user = _table.Add(New("bob"));

        user.AddOtherServer("edge-2");
        user.AddOtherServer("edge-2");
        user.AddOtherServer("edge-3");
        user.RemoveOtherServer("edge-2");
        user.RemoveOtherServer("edge-2");

        Assert.Equal(["edge-3"], user.OtherServers);
    }

    private Connection New(string user) => _connections.Create(user, Dialect.Plain, lastSeq: null);
}
