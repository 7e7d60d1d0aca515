using MtSockets.Edge.Protocol;
using MtSockets.Infrastructure.Inbox;

namespace MtSockets.Edge.Users;

/// <summary>What a session gives its frames to.</summary>
internal interface ISessionClient
{
    /// <summary>Takes a frame; false where the client is too slow to be given any more.</summary>
    bool TryWrite(in MessageFrame frame);

    /// <summary>Takes a frame of the log, and waits where there is no room.</summary>
    ValueTask WriteAsync(InboxEntry entry, CancellationToken cancellationToken);

    /// <summary>The log was read for the first time; null where it cannot be read now.</summary>
    void Begin(InboxPage? first);

    /// <summary>The log was cut before this client could read it; false where it must be given nothing more.</summary>
    bool OnTrimmed();

    /// <summary>The session cannot go on.</summary>
    void Fail(Exception exception);
}
