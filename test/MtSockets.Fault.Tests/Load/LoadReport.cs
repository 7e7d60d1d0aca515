using System.Globalization;

namespace MtSockets.Fault.Tests.Load;

/// <summary>What became of a load.</summary>
internal sealed record LoadReport
{
    public required string Name { get; init; }

    /// <summary>Messages, each counted once however often it was sent.</summary>
    public required long Sent { get; init; }

    public required long Acknowledged { get; init; }

    /// <summary>Different messages that the receiving applications have.</summary>
    public required long Delivered { get; init; }

    /// <summary>Frames with a number that the client had already.</summary>
    public required long DuplicatesOnWire { get; init; }

    /// <summary>Messages that an application got twice, under different numbers.</summary>
    public required long DuplicatesInApplication { get; init; }

    public required long OutOfOrder { get; init; }

    /// <summary>Holes in the numbers of a connection.</summary>
    public required long Gaps { get; init; }

    /// <summary>Acknowledged and never delivered.</summary>
    public required long Lost { get; init; }

    /// <summary>Frames that a sender sent again.</summary>
    public required long Resent { get; init; }

    public required long Reconnects { get; init; }

    public required TimeSpan SendersDone { get; init; }

    /// <summary>From the fault until every pair had a message delivered that was first sent after it.</summary>
    public required TimeSpan? Recovery { get; init; }

    /// <summary>The same from the moment in which what was broken was whole again.</summary>
    public required TimeSpan? RecoveryAfterRepair { get; init; }

    /// <summary>The longest time that any message took from its first sending to its arrival.</summary>
    public required TimeSpan Slowest { get; init; }

    public double DuplicateShare => (double)DuplicatesOnWire / Math.Max(1, Delivered);

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        {Name}: sent {Sent}, acknowledged {Acknowledged}, delivered {Delivered}, duplicated {DuplicatesOnWire} on the wire ({DuplicateShare:P1}) and {DuplicatesInApplication} in the application, lost {Lost}
        {Name}: out of order {OutOfOrder}, gaps {Gaps}, resent {Resent}, reconnects {Reconnects}, senders done after {SendersDone.TotalSeconds:0.0} s
        {Name}: recovered {Seconds(Recovery)} after the fault{(RecoveryAfterRepair is null ? "" : $", {Seconds(RecoveryAfterRepair)} after the repair")}, slowest message {Seconds(Slowest)}
        """);

    private static string Seconds(TimeSpan? time) =>
        time is { } value ? value.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture) + " s" : "not";
}
