using Xunit.Abstractions;

namespace MtSockets.Fault.Tests.Load;

internal static class FaultAssert
{
    private const double MostDuplicates = 0.05;

    /// <summary>What holds in every fault.</summary>
    public static void NothingLost(LoadReport report, ITestOutputHelper output)
    {
        output.WriteLine(report.ToString());
        Assert.True(report.Sent > 0 && report.Acknowledged == report.Sent, $"Every sender has all his acks: {report}");
        Assert.True(report.Lost == 0, $"Everything acknowledged has arrived: {report}");
        Assert.True(report.OutOfOrder == 0 && report.Gaps == 0, $"The order of each pair holds: {report}");
        Assert.True(report.DuplicatesInApplication == 0, $"What was sent again is one message: {report}");
        Assert.True(report.DuplicateShare <= MostDuplicates, $"At most 5 % come twice: {report}");
    }
}
