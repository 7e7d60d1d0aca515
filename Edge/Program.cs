using DotNetEnv;
using Microsoft.Extensions.Options;
using MtSockets.Edge.Hosting;
using MtSockets.Edge.Settings;

try
{
    // Where a .env file stands in the working directory it fills in what the real environment leaves open.
    Env.NoClobber().Load();
    await using var app = EdgeApplication.Create(args);
    await app.RunAsync();
    return Environment.ExitCode;
}
catch (Exception e) when (e is SettingsException or OptionsValidationException || e is InvalidOperationException { InnerException: FormatException })
{
    // A wrong setting needs a sentence, not a stack.
    await Console.Error.WriteLineAsync("MtSockets cannot start: " + e.Message);
    return 1;
}
