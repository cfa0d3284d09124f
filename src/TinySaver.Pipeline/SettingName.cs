using System.Text.RegularExpressions;

namespace TinySaver.Pipeline;

/// <summary>The names of options as a person sets them, in an app's settings or in the environment.</summary>
public static partial class SettingName
{
    /// <summary>The name of an option, or of its whole section: <c>TinySaver__Storage__AccountUrl</c>.</summary>
    public static string Of(string section, string? option = null) =>
        (option is null ? section : $"{section}:{option}").Replace(":", "__", StringComparison.Ordinal);

    /// <summary>The sentence of the configuration binder on a value of the wrong form, with the option's name; null of any other failure.</summary>
    public static string? Explain(Exception failure) => failure is InvalidOperationException && Path().IsMatch(failure.Message)
        ? Path().Replace(failure.Message, path => Of(path.Value))
        : null;

    [GeneratedRegex(@"TinySaver(:\w+)+")]
    private static partial Regex Path();
}
