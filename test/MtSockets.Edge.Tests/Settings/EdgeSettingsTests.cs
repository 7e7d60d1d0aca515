using Microsoft.Extensions.Configuration;
using MtSockets.Edge.Settings;

namespace MtSockets.Edge.Tests.Settings;

public sealed class EdgeSettingsTests
{
    [Fact]
    public void Read_OfNothing_InDevelopment_IsOneServerAloneOnPort5000()
    {
        var settings = Read("");

        Assert.True(settings.IsEmbedded);
        Assert.Equal(5000, settings.Port);
        Assert.Equal(Environment.MachineName, settings.ServerId);
        Assert.Equal(("guest", "guest", "/"), (settings.RabbitMqUser, settings.RabbitMqPassword, settings.RabbitMqVirtualHost));
    }

    [Fact]
    public void Read_OfEverything_TakesItAll()
    {
        var settings = Read(
            "PORT=:8080;SERVER_ID= edge-1 ;REDIS_ADDR=redis:6380;REDIS_PASSWORD=p1;RABBITMQ_ADDR=rabbit;RABBITMQ_USER=u;RABBITMQ_PASSWORD=p2;RABBITMQ_VHOST=v",
            isDevelopment: false);

        Assert.False(settings.IsEmbedded);
        Assert.Equal((8080, "edge-1"), (settings.Port, settings.ServerId));
        Assert.Equal(("redis:6380", "p1"), (settings.RedisAddress, settings.RedisPassword));
        Assert.Equal(("rabbit:5672", "u", "p2", "v"), (settings.RabbitMqAddress, settings.RabbitMqUser, settings.RabbitMqPassword, settings.RabbitMqVirtualHost));
    }

    [Theory]
    [InlineData("5000", 5000)]
    [InlineData(":5000", 5000)]
    [InlineData("0", 0)]
    [InlineData("65535", 65535)]
    [InlineData("  81 ", 81)]
    [InlineData(" ", 5000)]
    public void Read_OfAPort_TakesItWithOrWithoutColon(string value, int port) => Assert.Equal(port, Read($"PORT={value}").Port);

    [Theory]
    [InlineData("redis", "redis:6379")]
    [InlineData("redis:1", "redis:1")]
    [InlineData("127.0.0.1:65535", "127.0.0.1:65535")]
    [InlineData("[::1]:6379", "[::1]:6379")]
    [InlineData("[::1]", "[::1]:6379")]
    [InlineData("::1", "[::1]:6379")]
    public void Read_OfAnAddress_TakesHostAndPort(string value, string address) =>
        Assert.Equal(address, Read($"REDIS_ADDR={value};RABBITMQ_ADDR=rabbit").RedisAddress);

    [Theory]
    [InlineData("PORT=x", "PORT")]
    [InlineData("PORT=-1", "PORT")]
    [InlineData("PORT=65536", "PORT")]
    [InlineData("PORT=5000:1", "PORT")]
    [InlineData("PORT=::5000", "PORT")]
    [InlineData("PORT=http://*:5000", "PORT")]
    [InlineData("SERVER_ID=a*b", "SERVER_ID")]
    [InlineData("SERVER_ID=a#", "SERVER_ID")]
    [InlineData("SERVER_ID=a\u0007b", "SERVER_ID")]
    [InlineData("REDIS_ADDR=redis:0;RABBITMQ_ADDR=rabbit", "REDIS_ADDR")]
    [InlineData("REDIS_ADDR=redis:x;RABBITMQ_ADDR=rabbit", "REDIS_ADDR")]
    [InlineData("REDIS_ADDR=redis:65536;RABBITMQ_ADDR=rabbit", "REDIS_ADDR")]
    [InlineData("REDIS_ADDR=redis://redis;RABBITMQ_ADDR=rabbit", "REDIS_ADDR")]
    [InlineData("REDIS_ADDR=:6379;RABBITMQ_ADDR=rabbit", "REDIS_ADDR")]
    [InlineData("REDIS_ADDR=redis;RABBITMQ_ADDR=amqp://guest@rabbit", "RABBITMQ_ADDR")]
    [InlineData("REDIS_ADDR=redis", "RABBITMQ_ADDR")]
    [InlineData("RABBITMQ_ADDR=rabbit", "REDIS_ADDR")]
    public void Read_OfAWrongValue_NamesItsVariable(string values, string variable)
    {
        var failure = Assert.Throws<SettingsException>(() => Read(values));

        Assert.StartsWith(variable + " ", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_OfALongServerId_IsRefused()
    {
        Assert.Equal(128, Read("SERVER_ID=" + new string('x', 128)).ServerId.Length);
        Assert.Throws<SettingsException>(() => Read("SERVER_ID=" + new string('x', 129)));
    }

    [Fact]
    public void Read_OfNothing_InProduction_NamesBothVariables()
    {
        var failure = Assert.Throws<SettingsException>(() => Read("", isDevelopment: false));

        Assert.Contains("REDIS_ADDR", failure.Message, StringComparison.Ordinal);
        Assert.Contains("RABBITMQ_ADDR", failure.Message, StringComparison.Ordinal);
    }

    private static EdgeSettings Read(string values, bool isDevelopment = true)
    {
        var pairs = values.Split(';', StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => pair.Split('=', 2)).Select(pair => KeyValuePair.Create(pair[0], (string?)pair[1]));
        return EdgeSettings.Read(new ConfigurationBuilder().AddInMemoryCollection(pairs).Build(), isDevelopment);
    }
}
