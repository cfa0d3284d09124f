using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace TinySaver.Pipeline;

/// <summary>Validates options by their data annotations and, where they have rules across fields, by <see cref="IValidatableObject"/>.</summary>
/// <param name="section">The configuration section, for messages.</param>
internal sealed class AnnotatedOptionsValidator<TOptions>(string section) : IValidateOptions<TOptions>
    where TOptions : class
{
    public ValidateOptionsResult Validate(string? name, TOptions options)
    {
        var results = new List<ValidationResult>();
        return Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(results.Select(r => $"{section}: {r.ErrorMessage}{Value(options, r)}"));
    }

    // The annotations' own messages name the member but not what it is.
    private static string Value(TOptions options, ValidationResult result) =>
        result.MemberNames.FirstOrDefault() is { } member && typeof(TOptions).GetProperty(member) is { } property
            ? $" It is '{property.GetValue(options)}'."
            : "";
}
