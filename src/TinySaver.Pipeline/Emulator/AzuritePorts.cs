namespace TinySaver.Pipeline.Emulator;

/// <summary>The three loopback ports of an emulator.</summary>
/// <param name="Blob">The blob service's; 0 for any free one.</param>
/// <param name="Queue">The queue service's; 0 for any free one.</param>
/// <param name="Table">The table service's; 0 for any free one.</param>
public sealed record AzuritePorts(int Blob, int Queue, int Table)
{
    /// <summary>Ports that nobody uses.</summary>
    public static AzuritePorts Free { get; } = new(0, 0, 0);
}
