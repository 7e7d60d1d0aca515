namespace MtSockets.Contracts.Naming;

/// <summary>
/// Every Redis key of MtSockets. The keys of one user's inbox share the hash tag <c>{user}</c>, so that one script can
/// touch them on a Redis Cluster; <c>user:</c> has none because the spec spells it so.
/// </summary>
public static class RedisKeys
{
    /// <summary>Set of all known server ids.</summary>
    public const string Servers = "servers";

    /// <summary>String: the server to which the user connected last.</summary>
    public static string User(string userId) => "user:" + userId;

    /// <summary>Set: every server that holds a connection of the user.</summary>
    public static string UserServers(string userId) => "user_servers:" + userId;

    /// <summary>
    /// Sorted set with a time to live: the servers that may go on sending to the user by the route that they were told, each scored by
    /// when that ends in Redis's milliseconds. Who holds the user anew recalls them. In the same slot as <see cref="UserServers"/>: what is
    /// done to the two must have one order.
    /// </summary>
    public static string RouteLeases(string userId) => "route_leases:{" + UserServers(userId) + "}";

    /// <summary>String with a time to live: the lease of a server; its value is the incarnation.</summary>
    public static string Server(string serverId) => "server:" + serverId;

    /// <summary>Set: the users that a server holds, for the clean-up after its death.</summary>
    public static string ServerUsers(string serverId) => "server_users:" + serverId;

    /// <summary>String with a time to live: held by the one server that cleans up after a dead one.</summary>
    public static string ServerCleanup(string serverId) => "server_cleanup:" + serverId;

    /// <summary>Stream: the log of a user's messages; the entry id is the sequence number.</summary>
    public static string Inbox(string userId) => "inbox:{" + userId + "}";

    /// <summary>String: the last sequence number of a user's log.</summary>
    public static string InboxSeq(string userId) => Inbox(userId) + ":seq";

    /// <summary>String: the highest sequence number that a device of the user confirmed.</summary>
    public static string InboxConfirmed(string userId) => Inbox(userId) + ":confirmed";

    /// <summary>Sorted set: who asked for a receipt, scored by the number of his message.</summary>
    public static string InboxReceipts(string userId) => Inbox(userId) + ":receipts";

    /// <summary>
    /// String with a time to live: the number that a message of this sender with this id got. The length keeps sender and id apart.
    /// </summary>
    public static string InboxDedup(string userId, string senderId, string id) => $"{Inbox(userId)}:dedup:{senderId.Length}:{senderId}:{id}";
}
