namespace TinySaver.Cli.Predictions;

/// <summary>What <see cref="PredictRun"/> records and how.</summary>
internal sealed record PredictOptions
{
    /// <summary>How many images are worked on at once.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Whether to record all logits, which fitting a temperature needs.</summary>
    public bool Logits { get; init; }

    /// <summary>The model's multiply-accumulate operations for one image.</summary>
    public required long Macs { get; init; }

    /// <summary>The model folder as given.</summary>
    public required string Model { get; init; }

    /// <summary>The content hash of the model folder.</summary>
    public required string ModelHash { get; init; }
}
