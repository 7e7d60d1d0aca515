using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace MtSockets.Edge.Settings;

/// <summary>Binds a capability's options and checks them at the start; a complaint names the variable to set.</summary>
internal static class OptionsValidation
{
    public static OptionsBuilder<T> AddCheckedOptions<T>(this IServiceCollection services, string section)
        where T : class
    {
        services.AddSingleton<IValidateOptions<T>>(new RangeValidation<T>(section));
        return services.AddOptions<T>().BindConfiguration(section).ValidateOnStart();
    }

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
