using System.Net;
using MtSockets.Cluster.Tests.Servers;
using Xunit;

namespace MtSockets.Cluster.Tests.Spec;

/// <summary>Row "/health, /ping" of the spec.</summary>
public sealed class HealthTests(TwoServers servers) : IClassFixture<TwoServers>
{
    [Theory]
    [InlineData("/health", """{"message":"server up!!!"}""")]
    [InlineData("/ping", """{"message":"pong"}""")]
    public async Task Get_HealthOrPing_Is200WithTheDocumentedJson(string path, string body)
    {
        using var answer = await servers.Cluster[0].GetAsync(path);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal(body, await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    public async Task Get_LiveOrReady_Is200WhileAllIsWell(string path)
    {
        using var answer = await servers.Cluster[0].GetAsync(path);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }
}
