namespace MtSockets.Infrastructure.Bus;

/// <summary>A message between servers in the plain form: its bytes are the frame of the recipient, without an envelope.</summary>
internal sealed record PlainFrame(byte[] Frame);
