using TinySaver.Inference.Classification;

namespace TinySaver.Inference.Cascades;

/// <summary>Which models of a policy to load, and how to run them.</summary>
public sealed record CascadeOptions
{
    /// <summary>Whether to load the savers. Default true.</summary>
    public bool Savers { get; init; } = true;

    /// <summary>Whether to load the large model. Default true; without it only its labels are read.</summary>
    public bool Large { get; init; } = true;

    /// <summary>How the savers run.</summary>
    public OnnxClassifierOptions SaverOptions { get; init; } = new();

    /// <summary>How the large model runs.</summary>
    public OnnxClassifierOptions LargeOptions { get; init; } = new();
}
