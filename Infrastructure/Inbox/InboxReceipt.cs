namespace MtSockets.Infrastructure.Inbox;

/// <summary>A message whose sender is to hear that it has arrived.</summary>
/// <param name="SenderId">The sender.</param>
/// <param name="Id">His id of the message.</param>
/// <param name="UserId">Who has confirmed it.</param>
internal readonly record struct InboxReceipt(string SenderId, string Id, string UserId);
