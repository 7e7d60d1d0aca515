using System.Globalization;
using MtSockets.Contracts;
using MtSockets.Infrastructure;

namespace MtSockets.Edge.Settings;

/// <summary>The variables of the spec, read and checked.</summary>
internal sealed record EdgeSettings
{
    public required int Port { get; init; }

    public required string ServerId { get; init; }

    public required string RedisAddress { get; init; }

    public required string RedisPassword { get; init; }

    public required string RabbitMqAddress { get; init; }

    public required string RabbitMqUser { get; init; }

    public required string RabbitMqPassword { get; init; }

    public required string RabbitMqVirtualHost { get; init; }

    /// <summary>Neither Redis nor RabbitMQ: everything in the memory of this process.</summary>
    public bool IsEmbedded => RedisAddress.Length == 0;

    /// <exception cref="SettingsException">A value cannot be used.</exception>
    public static EdgeSettings Read(IConfiguration configuration, bool isDevelopment)
    {
        var settings = new EdgeSettings
        {
            Port = ReadPort(Text(configuration, "PORT") ?? "5000"),
            ServerId = ReadServerId(Text(configuration, "SERVER_ID") ?? Environment.MachineName),
            RedisAddress = ReadAddress(configuration, "REDIS_ADDR", 6379),
            RedisPassword = Text(configuration, "REDIS_PASSWORD") ?? "",
            RabbitMqAddress = ReadAddress(configuration, "RABBITMQ_ADDR", 5672),
            RabbitMqUser = Text(configuration, "RABBITMQ_USER") ?? "guest",
            RabbitMqPassword = Text(configuration, "RABBITMQ_PASSWORD") ?? "guest",
            RabbitMqVirtualHost = Text(configuration, "RABBITMQ_VHOST") ?? "/",
        };

        if (settings.RedisAddress.Length == 0 != (settings.RabbitMqAddress.Length == 0))
        {
            var (missing, present) = settings.RedisAddress.Length == 0 ? ("REDIS_ADDR", "RABBITMQ_ADDR") : ("RABBITMQ_ADDR", "REDIS_ADDR");
            throw new SettingsException($"{missing} is not set, but {present} is. Set both for a cluster, or neither to try the server alone.");
        }

        if (settings.IsEmbedded && !isDevelopment)
        {
            throw new SettingsException(
                "REDIS_ADDR and RABBITMQ_ADDR are not set. Without them nothing outlives the process, which is only meant for "
                + "development: set them, or set ASPNETCORE_ENVIRONMENT=Development.");
        }

        return settings;
    }

    private static string? Text(IConfiguration configuration, string name) =>
        configuration[name] is { } value && !string.IsNullOrWhiteSpace(value) ? value.Trim() : null;

    private static int ReadPort(string value)
    {
        var digits = value.StartsWith(':') ? value.AsSpan(1) : value;
        if (int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= ushort.MaxValue)
            return port;
        throw new SettingsException($"PORT is \"{value}\", but must be a port number, like 5000 or :5000.");
    }

    private static string ReadServerId(string value)
    {
        if (!UserId.IsValid(value, out var reason))
            throw new SettingsException($"SERVER_ID {reason}.");
        // It becomes part of a binding key, where these two stand for anything.
        if (value.AsSpan().ContainsAny('*', '#'))
            throw new SettingsException($"SERVER_ID is \"{value}\", but must not contain * or #.");
        return value;
    }

    private static string ReadAddress(IConfiguration configuration, string name, ushort defaultPort)
    {
        if (Text(configuration, name) is not { } value)
            return "";
        if (!HostAndPort.TryParse(value, defaultPort, out var host, out var port))
            throw new SettingsException($"{name} is \"{value}\", but must be of the form host:port.");
        return string.Create(CultureInfo.InvariantCulture, $"{(host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host)}:{port}");
    }
}
