using System.Text;
using MtSockets.Edge.Protocol;

namespace MtSockets.Edge.Tests.Protocol;

/// <summary>What the parser made of a frame, copied out of the spans so that tests can compare it.</summary>
internal sealed record ParsedFrame
{
    public required bool Ok { get; init; }

    public required string To { get; init; }

    public required string Body { get; init; }

    public required string From { get; init; }

    public required string Id { get; init; }

    public required string Type { get; init; }

    public required bool Receipt { get; init; }

    public required ClientOp Op { get; init; }

    public required long Seq { get; init; }

    public required FrameFault Fault { get; init; }

    public static ParsedFrame Of(string json, Dialect dialect = Dialect.Plain) => Of(Encoding.UTF8.GetBytes(json), dialect);

    public static ParsedFrame Of(ReadOnlySpan<byte> utf8, Dialect dialect = Dialect.Plain)
    {
        var ok = FrameParser.TryParse(utf8, dialect, out var frame, out var fault);
        return new ParsedFrame
        {
            Ok = ok,
            To = Encoding.UTF8.GetString(frame.To),
            Body = Encoding.UTF8.GetString(frame.Body),
            From = Encoding.UTF8.GetString(frame.From),
            Id = Encoding.UTF8.GetString(frame.Id),
            Type = Encoding.UTF8.GetString(frame.Type),
            Receipt = frame.Receipt,
            Op = frame.Op,
            Seq = frame.Seq,
            Fault = fault,
        };
    }
}
