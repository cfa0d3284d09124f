using System.Text.Json;
using TinySaver.Pipeline.Emulator;

namespace TinySaver.Cli.Accounts;

/// <summary>What a data folder remembers of its Azurite.</summary>
/// <param name="ConnectionString">How to reach it while it runs.</param>
/// <param name="Ports">Its ports, taken again by the next one where they are free, so that clients need not be told anew.</param>
/// <param name="RunBy">The process id of the <c>tinysaver run</c> that serves it to other commands; null where none does.</param>
internal sealed record AzuriteRecord(string ConnectionString, AzuritePorts Ports, int? RunBy)
{
    /// <summary>Reads it; null where there is none that can be read.</summary>
    public static AzuriteRecord? Read(DataFolder data)
    {
        try
        {
            return JsonSerializer.Deserialize<AzuriteRecord>(File.ReadAllText(data.PortsPath), JsonSerializerOptions.Web);
        }
        catch (Exception error) when (error is IOException or JsonException or UnauthorizedAccessException)
        {
            // A convenience only: without it there are other ports.
            return null;
        }
    }

    /// <summary>Writes it, whole or not at all.</summary>
    public void Write(DataFolder data)
    {
        string unfinished = data.PortsPath + ".tmp";
        File.WriteAllText(unfinished, JsonSerializer.Serialize(this, JsonSerializerOptions.Web));
        File.Move(unfinished, data.PortsPath, overwrite: true);
    }
}
