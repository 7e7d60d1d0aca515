using MtSockets.Cluster.Tests.Servers;
using MtSockets.TestKit;
using Xunit;

namespace MtSockets.Cluster.Tests.Spec;

/// <summary>Row "environment" of the spec, with the real program.</summary>
public sealed class EnvironmentTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mtsockets-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("PORT", "http")]
    [InlineData("PORT", "70000")]
    [InlineData("PORT", "-1")]
    [InlineData("PORT", ":")]
    [InlineData("SERVER_ID", "a*b")]
    [InlineData("SERVER_ID", "a\tb")]
    [InlineData("REDIS_ADDR", "redis:port")]
    [InlineData("RABBITMQ_ADDR", "amqp://host:5672/")]
    [InlineData("RABBITMQ_ADDR", "host:99999")]
    [InlineData("Sockets__MaxFrameBytes", "many")]
    [InlineData("Sockets__MaxFrameBytes", "0")]
    [InlineData("Lease__RenewMs", "15000")]
    public async Task Start_WrongValue_StopsWithAnErrorThatNamesTheVariable(string name, string value)
    {
        var setup = EdgeSetup.InCluster("a", "127.0.0.1:1", "127.0.0.1:1").With((name, value));

        await AssertStopsNamingAsync(setup, "Production", name);
    }

    [Fact]
    public async Task Start_TwoWrongOptions_NamesBoth()
    {
        var setup = EdgeSetup.InCluster("a", "127.0.0.1:1", "127.0.0.1:1").With(("Lease__RenewMs", "1"), ("Outbox__MaxBytes", "1"));

        await AssertStopsNamingAsync(setup, "Production", "Lease__RenewMs", "Outbox__MaxBytes");
    }

    [Fact]
    public async Task Start_PortIsTaken_StopsWithAnErrorThatNamesIt()
    {
        await using var first = await EdgeProcess.StartAsync([], "Development");

        var port = first.Address.Port.ToString(System.Globalization.CultureInfo.InvariantCulture);

        await using var second = EdgeProcess.Launch(new() { ["PORT"] = port }, "Development", _folder);

        Assert.Equal(1, await second.ExitAsync());
        Assert.Contains("on the PORT already", second.Output, StringComparison.Ordinal);
        Assert.Contains(port, second.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("REDIS_ADDR", "RABBITMQ_ADDR", "Production")]
    [InlineData("RABBITMQ_ADDR", "REDIS_ADDR", "Development")]
    public async Task Start_OneAddressWithoutTheOther_StopsNamingTheMissingOne(string set, string missing, string environment) =>
        await AssertStopsNamingAsync(new() { [set] = "127.0.0.1:1" }, environment, missing);

    [Fact]
    public async Task Start_NothingSetInProduction_StopsNamingBoth() => await AssertStopsNamingAsync([], "Production", "REDIS_ADDR", "RABBITMQ_ADDR");

    [Fact]
    public async Task Start_PortWithColonFromDotEnvFile_ListensThereAndRealEnvironmentWins()
    {
        var port = FreePort.Next();
        await File.WriteAllTextAsync(Path.Combine(_folder, ".env"), $"PORT=:{port}\nSERVER_ID=\"from file\"\n# a comment\n");

        await using var process = EdgeProcess.Launch(new() { ["SERVER_ID"] = "from-environment", ["PORT"] = null }, "Development", _folder);

        using var http = new HttpClient();
        await Eventually.TrueAsync(
            async () =>
            {
                try
                {
                    return (await http.GetStringAsync(new Uri($"http://127.0.0.1:{port}/ping"))).Contains("pong", StringComparison.Ordinal);
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            },
            "it listens on the port of the file",
            TimeSpan.FromSeconds(30));
        await Eventually.TrueAsync(() => process.Output.Contains("\"from-environment\"", StringComparison.Ordinal), "it has the real environment's id");
    }

    private async Task AssertStopsNamingAsync(Dictionary<string, string?> setup, string environment, params string[] names)
    {
        await using var process = EdgeProcess.Launch(setup, environment, _folder);

        Assert.Equal(1, await process.ExitAsync());
        foreach (var name in names)
            Assert.Contains(name, process.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", process.Output, StringComparison.Ordinal);
    }
}
