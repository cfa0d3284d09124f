using Microsoft.ML.OnnxRuntime;
using TinySaver.Core.Confidence;

namespace TinySaver.Inference.Classification;

/// <summary>How an <see cref="OnnxClassifier"/> uses the machine; the defaults suit function instances of one or two vCPUs.</summary>
public sealed record OnnxClassifierOptions
{
    /// <summary>The default options.</summary>
    public static OnnxClassifierOptions Default { get; } = new();

    /// <summary>What runs the model; default <see cref="ExecutionProvider.Cpu"/>. Never replaced by another without an error.</summary>
    public ExecutionProvider ExecutionProvider { get; init; } = ExecutionProvider.Cpu;

    /// <summary>The GPU's number; default 0. Ignored on the CPU.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public int DeviceId
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            field = value;
        }
    }

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

    /// <summary>Whether threads that wait for work keep a core busy; default false.</summary>
    /// <remarks>Spinning saves microseconds on idle machines; on one or two vCPUs it takes the core from whoever has work.</remarks>
    public bool AllowSpinning { get; init; }

    /// <summary>Whether memory for intermediate results is kept between runs; default true: faster, and it stays at the largest batch's need.</summary>
    public bool UseMemoryArena { get; init; } = true;

    /// <summary>Whether the arena is laid out once for each input shape; default true.</summary>
    public bool UseMemoryPattern { get; init; } = true;

    /// <summary>How far ONNX Runtime rewrites the graph when it loads; default everything.</summary>
    public GraphOptimizationLevel GraphOptimization { get; init; } = GraphOptimizationLevel.ORT_ENABLE_ALL;

    /// <summary>What the model's output is; default null: <c>config.json</c>'s <c>tinysaver_scores</c>, else read off the graph.</summary>
    public ScoreKind? Scores { get; init; }
}
