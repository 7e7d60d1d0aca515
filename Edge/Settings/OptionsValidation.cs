using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace MtSockets.Edge.Settings;

/// <summary>Binds a capability's options and checks them at the start; a complaint names the variable to set.</summary>
internal static partial class OptionsValidation
{
    public static OptionsBuilder<T> AddCheckedOptions<T>(this IServiceCollection services, string section)
        where T : class
    {
        services.AddSingleton<IValidateOptions<T>>(new RangeValidation<T>(section));
        return services.AddOptions<T>().BindConfiguration(section).ValidateOnStart();
    }

    /// <summary>Checks all of them now, before the host starts anything.</summary>
    /// <exception cref="SettingsException">One or more cannot be used; the message names all of them.</exception>
    public static void Check(IServiceProvider services)
    {
        try
        {
            services.GetRequiredService<IStartupValidator>().Validate();
        }
        catch (OptionsValidationException e)
        {
            throw new SettingsException(e.Message);
        }
        catch (AggregateException e)
        {
            throw new SettingsException(string.Join(' ', e.Flatten().InnerExceptions.Select(inner => inner.Message)));
        }
        catch (InvalidOperationException e)
        {
            // From the binder: "Failed to convert configuration value 'x' at 'Sockets:MaxFrameBytes' to type …".
            throw new SettingsException(SectionKey().Replace(e.Message, "$1__$2"));
        }
    }

    [GeneratedRegex("(?<= at ')(\\w+):(\\w+)")]
    private static partial Regex SectionKey();

    private sealed class RangeValidation<T>(string section) : IValidateOptions<T>
        where T : class
    {
        public ValidateOptionsResult Validate(string? name, T options)
        {
            var results = new List<ValidationResult>();
            return Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true)
                ? ValidateOptionsResult.Success
                : ValidateOptionsResult.Fail(results.Select(
                    result => $"{section}__{string.Join(", ", result.MemberNames)}: {result.ErrorMessage}"));
        }
    }
}
