namespace MtSockets.Edge.Protocol;

/// <summary>How an <see cref="ErrorCode"/> looks on the wire, and whether sending the same again can help.</summary>
internal static class ErrorCodes
{
    public static string Name(this ErrorCode code) => code switch
    {
        ErrorCode.BadFrame => "bad_frame",
        ErrorCode.UnknownOp => "unknown_op",
        ErrorCode.BadRecipient => "bad_recipient",
        ErrorCode.BodyNotText => "body_not_text",
        ErrorCode.Unavailable => "unavailable",
        ErrorCode.Overloaded => "overloaded",
        _ => throw new ArgumentOutOfRangeException(nameof(code), code, null),
    };

    public static bool Retry(this ErrorCode code) => code is ErrorCode.Unavailable or ErrorCode.Overloaded;
}
