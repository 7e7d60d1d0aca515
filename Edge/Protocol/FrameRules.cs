namespace MtSockets.Edge.Protocol;

/// <summary>What a frame must have, depending on what it is.</summary>
internal static class FrameRules
{
    /// <summary>Longest id and type, in bytes of UTF-8: they are stored with every message.</summary>
    public const int MaxNameBytes = 128;

    /// <summary>What is wrong with it, or null.</summary>
    public static FrameFault? Check(in ClientFrame frame)
    {
        if (frame.Id.Length > MaxNameBytes)
            return new FrameFault(ErrorCode.BadFrame, "\"id\" is too long; 128 bytes are the most.");
        if (frame.Type.Length > MaxNameBytes)
            return new FrameFault(ErrorCode.BadFrame, "\"type\" is too long; 128 bytes are the most.");

        return frame.Op switch
        {
            ClientOp.None => CheckMessage(frame),
            ClientOp.Unknown => new FrameFault(ErrorCode.UnknownOp, "This \"op\" is not known."),
            ClientOp.Confirm when frame.Seq < 1 => new FrameFault(ErrorCode.BadFrame, "\"seq\" must be a number from 1 on."),
            ClientOp.Latency when !(frame.Ms >= 0) => new FrameFault(ErrorCode.BadFrame, "\"ms\" must be a number from 0 on."),
            _ => null,
        };
    }

    private static FrameFault? CheckMessage(in ClientFrame frame)
    {
        if (frame.To.IsEmpty)
            return new FrameFault(ErrorCode.BadRecipient, "\"to\" is required and must be a string that is not empty.");
        if (frame.Body.IsEmpty)
            return new FrameFault(ErrorCode.BadFrame, "\"body\" is required.");
        if (frame.Receipt && frame.Id.IsEmpty)
            return new FrameFault(ErrorCode.BadFrame, "\"receipt\" needs an \"id\".");
        return null;
    }
}
