namespace TinySaver.Inference.Compute;

/// <summary>What one image costs in a model, counted from its graph.</summary>
/// <param name="Macs">
/// Multiply-accumulates an image at batch 1: those of convolutions, transposed convolutions and matrix products (fully connected
/// layers, attention), also quantised. Additions of biases, normalisation, activation and pooling are left out, as is usual in
/// published figures; one MAC is two of what some call FLOPs.
/// </param>
/// <param name="Parameters">
/// Trained numbers: elements of constants of floating point or 4- or 8-bit type, and quantised biases. Scales, zero points,
/// the running mean and variance of batch normalisation, scalars and shapes are left out.
/// </param>
public sealed record ComputeCost(long Macs, long Parameters)
{
    /// <summary>Operators in the graph that may multiply and accumulate but are not understood, so that <see cref="Macs"/> is too low; usually empty.</summary>
    public IReadOnlyList<string> UncountedOperators { get; init; } = [];
}
