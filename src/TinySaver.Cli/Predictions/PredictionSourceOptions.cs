using TinySaver.Inference.Classification;

namespace TinySaver.Cli.Predictions;

/// <summary>How a <see cref="PredictionSource"/> predicts.</summary>
internal sealed record PredictionSourceOptions
{
    /// <summary>Up to this many classes logits are recorded without being asked for: 200 floats an image weigh less than its path and top-k.</summary>
    public const int MostClassesWithLogits = 200;

    /// <summary>The folder of the cached predictions.</summary>
    public required string CacheFolder { get; init; }

    /// <summary>Whether to record logits; null to decide by the number of classes.</summary>
    public bool? Logits { get; init; }

    /// <summary>How many images are worked on at once.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Where models run.</summary>
    public ExecutionProvider Provider { get; init; } = ExecutionProvider.Cpu;

    /// <summary>The default cache: <c>tinysaver/predictions</c> in the user's local application data.</summary>
    public static string DefaultCacheFolder => Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create), "tinysaver", "predictions");
}
