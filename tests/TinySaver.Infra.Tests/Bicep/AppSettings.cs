using System.Text.RegularExpressions;

namespace TinySaver.Infra.Tests.Bicep;

/// <summary>The settings of a predicted app, with stand-ins for the values that only Azure knows.</summary>
internal static partial class AppSettings
{
    /// <summary>The settings of the tiny app.</summary>
    public static Dictionary<string, string> Of(PredictedResource resource) => (resource.Type switch
    {
        "Microsoft.Web/sites" => resource.At("properties.siteConfig.appSettings"),
        "Microsoft.App/containerApps" => resource.At("properties.template.containers")[0].GetProperty("env"),
        _ => throw new ArgumentException($"{resource.Type} has no settings.", nameof(resource)),
    }).EnumerateArray().ToDictionary(s => s.GetProperty("name").GetString()!, s => Resolve(s.GetProperty("value").GetString()!));

    // Understands just the expressions that settings hold: text with parts put in, and properties of deployed resources.
    private static string Resolve(string value)
    {
        if (!value.StartsWith('['))
            return value;

        string text = value[1..^1];
        if (FormatExpression().Match(text) is { Success: true } format)
        {
            string[] parts = [.. Argument().Matches(format.Groups["arguments"].Value).Select(m => Part(m.Value.Trim()))];
            return string.Format(System.Globalization.CultureInfo.InvariantCulture, format.Groups["text"].Value, parts);
        }

        return Part(text);
    }

    private static string Part(string expression) => expression switch
    {
        _ when expression.StartsWith('\'') => expression.Trim('\''),
        "environment().suffixes.storage" => "core.windows.net",
        _ when expression.EndsWith(".clientId", StringComparison.Ordinal) => "44444444-4444-4444-4444-444444444444",
        _ when expression.EndsWith(".ConnectionString", StringComparison.Ordinal) =>
            "InstrumentationKey=55555555-5555-5555-5555-555555555555;IngestionEndpoint=https://westus3-1.in.applicationinsights.azure.com/",
        _ => throw new ArgumentException($"The expression '{expression}' is not one that settings were known to hold; teach this class what it stands for."),
    };

    [GeneratedRegex(@"^format\('(?<text>[^']*)', (?<arguments>.*)\)$")]
    private static partial Regex FormatExpression();

    // A quoted text, a call with its arguments and property, or a property path.
    [GeneratedRegex(@"'[^']*'|\w+\((?:[^()]|'[^']*')*\)(?:\.\w+)*")]
    private static partial Regex Argument();
}
