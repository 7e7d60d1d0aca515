using MtSockets.Contracts.Commands;

namespace MtSockets.Consumers.Commands;

/// <summary>Carries out what other services ask of the users' connections.</summary>
internal interface IUserCommands
{
    ValueTask<SendToUserResult> SendAsync(SendToUser command, CancellationToken cancellationToken);

    /// <returns>Why it cannot be done now, or <see langword="null"/>.</returns>
    /// <exception cref="CommandRejectedException">It is wrong in itself.</exception>
    ValueTask<string?> BroadcastAsync(Broadcast command, CancellationToken cancellationToken);

    /// <returns>Why it cannot be done now, or <see langword="null"/>.</returns>
    /// <exception cref="CommandRejectedException">It is wrong in itself.</exception>
    ValueTask<string?> DisconnectAsync(DisconnectUser command, CancellationToken cancellationToken);
}
