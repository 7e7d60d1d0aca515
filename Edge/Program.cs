using DotNetEnv;
using Microsoft.AspNetCore.Connections;
using MtSockets.Edge.Hosting;
using MtSockets.Edge.Servers;
using MtSockets.Edge.Settings;

try
{
    // Where a .env file stands in the working directory it fills in what the real environment leaves open.
    Env.NoClobber().Load();
    var app = EdgeApplication.Create(args);
    var drain = app.Services.GetRequiredService<DrainState>();
    var running = app.RunAsync();
    await Task.WhenAny(running, drain.Ended);
    await running.WaitAsync(TimeSpan.FromSeconds(3));
    return Environment.ExitCode;
}
catch (TimeoutException)
{
    // Everybody has left, but a RabbitMQ that neither answers nor refuses holds up its client library.
    Environment.Exit(Environment.ExitCode);
    return Environment.ExitCode;
}
catch (Exception e) when (e is SettingsException or ServerIdTakenException)
{
    // A wrong setting needs a sentence, not a stack.
    await Console.Error.WriteLineAsync("MtSockets cannot start: " + e.Message);
    return 1;
}
catch (IOException e) when (e.InnerException is AddressInUseException)
{
    await Console.Error.WriteLineAsync("MtSockets cannot start: another program listens on the PORT already. " + e.Message);
    return 1;
}
