using System.Globalization;
using System.Reflection;
using MtSockets.Contracts;
using MtSockets.Edge.Hosting;
using MtSockets.Edge.Tests.Protocol;
using MtSockets.Infrastructure;

namespace MtSockets.Edge.Tests.Settings;

/// <summary>The README's table names every setting, with its default.</summary>
public sealed class SettingsDocumentTests
{
    // They come from the variables of the specification.
    private static readonly string[] FromVariables =
        ["Redis__Address", "Redis__Password", "Bus__Address", "Bus__User", "Bus__Password", "Bus__VirtualHost"];

    [Fact]
    public void Settings_OfTheReadme_AreThoseOfTheOptions()
    {
        var declared = new[] { typeof(DrainOptions).Assembly, typeof(ServerIdentity).Assembly, typeof(UserId).Assembly }
            .SelectMany(assembly => assembly.GetTypes())
            .Where(type => type.Name.EndsWith("Options", StringComparison.Ordinal) && type.GetField("Section") is not null)
            .SelectMany(SettingsOf)
            .Where(setting => !FromVariables.Contains(setting.Name));

        var documented = MarkdownTable.Below("README.md", "Settings")
            .Where(row => row[0].Contains("__", StringComparison.Ordinal))
            .Select(row => (Name: row[0], Default: row[1]));

        Assert.Equal(declared.Order(), documented.Order());
    }

    [Fact]
    public void Variables_OfTheReadme_AreThoseOfTheSpecification() =>
        Assert.Equal(
            ["ASPNETCORE_ENVIRONMENT", "PORT", "RABBITMQ_ADDR", "RABBITMQ_PASSWORD", "RABBITMQ_USER", "RABBITMQ_VHOST", "REDIS_ADDR", "REDIS_PASSWORD", "SERVER_ID"],
            MarkdownTable.Below("README.md", "Settings").Select(row => row[0]).Where(name => !name.Contains("__", StringComparison.Ordinal)).Order(StringComparer.Ordinal));

    private static IEnumerable<(string Name, string Default)> SettingsOf(Type options)
    {
        var section = (string)options.GetField("Section")!.GetValue(null)!;
        var defaults = Activator.CreateInstance(options)!;
        return options.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.CanWrite)
            .Select(property => ($"{section}__{property.Name}", Text(property.GetValue(defaults))));
    }

    private static string Text(object? value) =>
        value is bool flag ? (flag ? "true" : "false") : Convert.ToString(value, CultureInfo.InvariantCulture)!;
}
