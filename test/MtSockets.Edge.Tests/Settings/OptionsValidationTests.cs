using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using MtSockets.Edge.Hosting;
using MtSockets.Edge.Settings;

namespace MtSockets.Edge.Tests.Settings;

public sealed class OptionsValidationTests
{
    [Fact]
    public void Validate_OfTheDefaults_IsContent() => Validate();

    [Theory]
    [InlineData("Sockets", "MaxFrameBytes", "100")]
    [InlineData("Sockets", "SendQueueBytes", "1")]
    [InlineData("Sockets", "PingIntervalMs", "0")]
    [InlineData("Sockets", "PingTimeoutMs", "-1")]
    [InlineData("Sockets", "CloseTimeoutMs", "99")]
    [InlineData("Sockets", "PeerNoticeTimeoutMs", "-1")]
    [InlineData("Routing", "MaxHops", "0")]
    [InlineData("Routing", "MaxStrays", "1")]
    [InlineData("Drain", "TimeoutMs", "1")]
    [InlineData("Drain", "SpreadMs", "-1")]
    [InlineData("Drain", "SpreadMs", "10000")]
    [InlineData("Inbox", "MaxMessages", "0")]
    [InlineData("Inbox", "RetentionDays", "0")]
    [InlineData("Inbox", "PageSize", "0")]
    [InlineData("Inbox", "DedupSeconds", "0")]
    [InlineData("Inbox", "GapWaitMs", "0")]
    [InlineData("Inbox", "CheckMs", "1")]
    [InlineData("Outbox", "MaxBytes", "1")]
    [InlineData("Outbox", "MaxBatchBytes", "1")]
    [InlineData("Bus", "PublishTimeoutMs", "1")]
    [InlineData("Bus", "Prefetch", "0")]
    [InlineData("Redis", "CallTimeoutMs", "1")]
    [InlineData("Redis", "BreakMs", "1")]
    [InlineData("Lease", "DurationMs", "1")]
    [InlineData("Lease", "RenewMs", "1")]
    [InlineData("Events", "MaxWaiting", "0")]
    public void Validate_OfAValueOutOfRange_NamesItsVariable(string section, string name, string value)
    {
        var failure = Assert.Throws<SettingsException>(() => Validate((section, name, value)));

        Assert.Contains($"{section}__{name}", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Sockets", "MaxFrameBytes", "many")]
    [InlineData("Sockets", "MaxFrameBytes", "99999999999")]
    [InlineData("Lease", "RenewMs", "1.5")]
    [InlineData("Events", "Enabled", "perhaps")]
    public void Validate_OfAValueThatCannotBeRead_NamesIt(string section, string name, string value)
    {
        var failure = Assert.Throws<SettingsException>(() => Validate((section, name, value)));

        Assert.Contains($"{section}__{name}", failure.Message, StringComparison.Ordinal);
        Assert.Contains(value, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_OfSeveralWrongValues_NamesThemAll()
    {
        var failure = Assert.Throws<SettingsException>(() => Validate(("Inbox", "PageSize", "0"), ("Bus", "Prefetch", "0")));

        Assert.Contains("Inbox__PageSize", failure.Message, StringComparison.Ordinal);
        Assert.Contains("Bus__Prefetch", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_OfALeaseThatIsRenewedTooSeldom_SaysSo()
    {
        var failure = Assert.Throws<SettingsException>(() => Validate(("Lease", "DurationMs", "1000"), ("Lease", "RenewMs", "500")));

        Assert.Contains("Lease__RenewMs", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_OfAQueueThatHoldsTooFewFrames_SaysSo()
    {
        var failure = Assert.Throws<SettingsException>(
            () => Validate(("Sockets", "MaxFrameBytes", "1048576"), ("Sockets", "SendQueueBytes", "2097152")));

        Assert.Contains("Sockets__SendQueueBytes", failure.Message, StringComparison.Ordinal);
    }

    /// <summary>What the program does at its start.</summary>
    private static void Validate(params (string Section, string Name, string Value)[] values)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(values.Select(value => KeyValuePair.Create($"{value.Section}:{value.Name}", (string?)value.Value)))
            .Build();
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(configuration);
        services.AddMtSockets(EdgeSettings.Read(configuration, isDevelopment: true));
        using var provider = services.BuildServiceProvider();
        OptionsValidation.Check(provider);
    }
}
