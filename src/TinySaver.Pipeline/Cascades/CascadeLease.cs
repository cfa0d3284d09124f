using TinySaver.Inference.Cascades;

namespace TinySaver.Pipeline.Cascades;

/// <summary>The use of the process's cascade for one image or batch; dispose it once, when done.</summary>
public readonly struct CascadeLease : IDisposable
{
    private readonly SharedCascade _shared;

    internal CascadeLease(SharedCascade shared) => _shared = shared;

    /// <summary>The cascade.</summary>
    public LoadedCascade Cascade => _shared.Cascade;

    /// <summary>Ends the use.</summary>
    public void Dispose() => _shared.Return();
}
