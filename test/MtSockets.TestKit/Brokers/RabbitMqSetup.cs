using System.Globalization;
using System.Net.Http.Headers;
using System.Text;

namespace MtSockets.TestKit.Brokers;

/// <summary>The files and the environment that keep a private RabbitMQ away from an installed one and from other private ones.</summary>
internal static class RabbitMqSetup
{
    // Erlang starts an epmd that outlives it where none answers. So one is started before it, in the broker's own process group.
    private const string StartScript = """
        "$1" -port "$ERL_EPMD_PORT" -address 127.0.0.1 &
        exec "$2"
        """;

    private static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false });

    public static BrokerCommand Prepare(RabbitMqPrograms programs, string folder, RabbitMqPorts ports, PrivateRabbitMqOptions options)
    {
        WriteConfiguration(folder, ports, options);
        return new BrokerCommand
        {
            Name = "RabbitMQ",
            CommandLine = ["bash", "-c", StartScript, "start-rabbitmq", programs.PortMapper, programs.Server],
            Environment = Environment(folder, ports),
            Folder = folder,
            IsReady = cancellationToken => IsReadyAsync(ports, options.Management, cancellationToken),
            StartBound = TimeSpan.FromSeconds(90),
        };
    }

    private static void WriteConfiguration(string folder, RabbitMqPorts ports, PrivateRabbitMqOptions options)
    {
        List<string> configuration =
        [
            // The default (50 MB) blocks publishers where the temporary folder is small.
            "disk_free_limit.absolute = 1MB",
            .. options.ConfigurationLines,
        ];
        if (options.Management)
        {
            configuration.Add("management.tcp.ip = 127.0.0.1");
            configuration.Add($"management.tcp.port = {ports.Management}");
        }

        File.WriteAllLines(Path.Combine(folder, "rabbitmq.conf"), configuration);
        File.WriteAllText(Path.Combine(folder, "enabled_plugins"), options.Management ? "[rabbitmq_management].\n" : "[].\n");
    }

    private static Dictionary<string, string> Environment(string folder, RabbitMqPorts ports) => new()
    {
        ["HOME"] = folder, // the Erlang cookie
        ["RABBITMQ_NODENAME"] = $"test-{ports.Amqp}@localhost",
        ["RABBITMQ_NODE_IP_ADDRESS"] = "127.0.0.1",
        ["RABBITMQ_NODE_PORT"] = Text(ports.Amqp),
        ["RABBITMQ_DIST_PORT"] = Text(ports.Distribution),
        ["RABBITMQ_MNESIA_BASE"] = Path.Combine(folder, "data"),
        ["RABBITMQ_LOG_BASE"] = Path.Combine(folder, "log"),
        ["RABBITMQ_LOGS"] = "-", // to the output, whose end is shown when a start fails
        ["RABBITMQ_PID_FILE"] = Path.Combine(folder, "pid"),
        ["RABBITMQ_CONFIG_FILE"] = Path.Combine(folder, "rabbitmq.conf"),
        ["RABBITMQ_CONF_ENV_FILE"] = Path.Combine(folder, "none"), // not the installed one's
        ["RABBITMQ_ENABLED_PLUGINS_FILE"] = Path.Combine(folder, "enabled_plugins"),
        ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = "-kernel inet_dist_use_interface {127,0,0,1}",
        ["ERL_EPMD_PORT"] = Text(ports.PortMapper),
        ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
    };

    private static async Task<bool> IsReadyAsync(RabbitMqPorts ports, bool management, CancellationToken cancellationToken)
    {
        if (!await AmqpProbe.OpensConnectionAsync(ports.Amqp, cancellationToken))
        {
            return false;
        }

        return !management || await ManagementAnswersAsync(ports.Management, cancellationToken);
    }

    private static async Task<bool> ManagementAnswersAsync(int port, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{port}/api/overview");
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes("guest:guest")));
        using var response = await Http.SendAsync(request, cancellationToken);
        return response.IsSuccessStatusCode;
    }

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
}
