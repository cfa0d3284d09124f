using TinySaver.Core.Confidence;

namespace TinySaver.Inference.Classification;

/// <summary>How an <see cref="OnnxClassifier"/> uses the machine; the defaults suit function instances of one or two vCPUs.</summary>
public sealed record OnnxClassifierOptions
{
    /// <summary>The default options.</summary>
    public static OnnxClassifierOptions Default { get; } = new();

    /// <summary>What runs the model; default <see cref="ExecutionProvider.Cpu"/>. Never replaced by another without an error.</summary>
    public ExecutionProvider ExecutionProvider { get; init; } = ExecutionProvider.Cpu;

    /// <summary>Threads that share the work of one run; default 1; at least 1.</summary>
    /// <remarks>
    /// With 1 a run stays on its caller's thread. That gives the highest throughput where several callers run at once, as the
    /// function apps and the command line do: on one or two vCPUs, splitting one run costs more in waiting than it gains. Give
    /// the number of cores where a single caller runs a large model.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int IntraOpThreads
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            field = value;
        }
    } = 1;

    /// <summary>What the model's output is; default null: <c>config.json</c>'s <c>tinysaver_scores</c>, else read off the graph.</summary>
    public ScoreKind? Scores { get; init; }
}
