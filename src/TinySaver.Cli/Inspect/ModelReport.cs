namespace TinySaver.Cli.Inspect;

/// <summary>What <c>tinysaver inspect</c> tells of a model folder; the object that <c>--json</c> prints.</summary>
internal sealed record ModelReport
{
    /// <summary>The folder's name.</summary>
    public required string Name { get; init; }

    /// <summary>The ONNX file.</summary>
    public required string OnnxFile { get; init; }

    /// <summary>The content hash of the folder.</summary>
    public required string ContentHash { get; init; }

    /// <summary>The input, as name, type and shape.</summary>
    public required string Input { get; init; }

    /// <summary>The output, as name, type and shape.</summary>
    public required string Output { get; init; }

    /// <summary>What the output numbers are: <c>logits</c> or <c>probabilities</c>.</summary>
    public required string Scores { get; init; }

    /// <summary>The batch size that the graph fixes; null where any runs.</summary>
    public int? FixedBatchSize { get; init; }

    /// <summary>The labels in order of their index.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>The preprocessing, step by step.</summary>
    public required IReadOnlyList<string> Preprocessing { get; init; }

    /// <summary>Multiply-accumulate operations for one image.</summary>
    public required long Macs { get; init; }

    /// <summary>Operators of the graph whose work is not in <see cref="Macs"/> because nobody taught the tool to count them; empty as a rule.</summary>
    public required IReadOnlyList<string> UncountedOperators { get; init; }

    /// <summary>Weights.</summary>
    public required long Parameters { get; init; }

    /// <summary>The execution provider that the latencies were measured with.</summary>
    public required string ExecutionProvider { get; init; }

    /// <summary>Median milliseconds of one run at batch 1, one thread, without preprocessing.</summary>
    public required double MillisecondsAtBatch1 { get; init; }

    /// <summary>Median milliseconds of one run at batch 8, one thread, without preprocessing.</summary>
    public required double MillisecondsAtBatch8 { get; init; }

    /// <summary>Seconds to load the session.</summary>
    public required double LoadSeconds { get; init; }
}
