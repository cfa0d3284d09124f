using TinySaver.Core.Labels;

namespace TinySaver.Cli.Classify;

/// <summary>What became of one image.</summary>
internal sealed record ImageOutcome
{
    /// <summary>The path as given.</summary>
    public required string Path { get; init; }

    /// <summary>The answer; null where the image failed.</summary>
    public Prediction? Answer { get; init; }

    /// <summary><c>tiny</c> or <c>large</c>; null where the image failed.</summary>
    public string? DecidedBy { get; init; }

    /// <summary>The saver's answer; null where there is no saver, or the image failed.</summary>
    public Prediction? Tiny { get; init; }

    /// <summary>The large model's answer where it was asked.</summary>
    public Prediction? Large { get; init; }

    /// <summary>The true class, where it is known.</summary>
    public int? TrueClass { get; init; }

    /// <summary>Why the image failed: the reason's name; else null.</summary>
    public string? Reason { get; init; }

    /// <summary>What was found, for people; null where the image did not fail.</summary>
    public string? Message { get; init; }

    /// <summary>Multiply-accumulate operations that the cascade spent on the image.</summary>
    public long Macs { get; init; }
}
