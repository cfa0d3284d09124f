using System.Text.Json;

namespace TinySaver.Cli.Doctor;

/// <summary>What azd knows of a deployment: from this process's environment, as in a hook, or else from the folder <c>.azure</c>.</summary>
internal sealed class AzdEnvironment
{
    private readonly Dictionary<string, string> _values = [];

    /// <summary>Reads the selected environment of the folder, or of one above it.</summary>
    public AzdEnvironment(string folder)
    {
        string? at = folder;
        while (at is not null && !Directory.Exists(Path.Combine(at, ".azure")))
            at = Path.GetDirectoryName(at);

        if (at is null)
            return;

        string azure = Path.Combine(at, ".azure");
        string? name = Environment.GetEnvironmentVariable("AZURE_ENV_NAME") is { Length: > 0 } named ? named : Selected(Path.Combine(azure, "config.json"));
        string file = Path.Combine(azure, name ?? "", ".env");
        foreach (string line in name is not null && File.Exists(file) ? File.ReadAllLines(file) : [])
        {
            if (line.Split('=', 2) is [var key, var value])
                _values[key.Trim()] = value.Trim().Trim('"');
        }
    }

    /// <summary>A value; null where there is none.</summary>
    public string? this[string name] =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } set ? set : _values.GetValueOrDefault(name) is { Length: > 0 } value ? value : null;

    /// <summary>The tenant that azd deployed to; null where it does not say, or knows another subscription.</summary>
    public string? TenantOf(string subscription) => string.Equals(this["AZURE_SUBSCRIPTION_ID"], subscription, StringComparison.OrdinalIgnoreCase) ? this["AZURE_TENANT_ID"] : null;

    private static string? Selected(string config)
    {
        try
        {
            return JsonDocument.Parse(File.ReadAllText(config)).RootElement.Text("defaultEnvironment") is { Length: > 0 } name ? name : null;
        }
        catch (Exception error) when (error is IOException or JsonException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
