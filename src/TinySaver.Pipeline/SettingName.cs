namespace TinySaver.Pipeline;

/// <summary>The names of options as a person sets them, in an app's settings or in the environment.</summary>
internal static class SettingName
{
    /// <summary>The name of an option, or of its whole section: <c>TinySaver__Storage__AccountUrl</c>.</summary>
    public static string Of(string section, string? option = null) =>
        (option is null ? section : $"{section}:{option}").Replace(":", "__", StringComparison.Ordinal);
}
