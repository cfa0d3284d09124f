using Microsoft.Extensions.Options;

namespace TinySaver.Pipeline.Stages;

/// <summary>What bounds the memory and the processors that the stages of one process use together.</summary>
public sealed class PipelineBudgets(IOptions<PipelineOptions> options)
{
    /// <summary>Images that are worked on.</summary>
    public Budget Images { get; } = new(options.Value.ImagesInFlight);

    /// <summary>Bytes of encoded images in memory.</summary>
    public Budget Bytes { get; } = new(options.Value.BytesInFlight);

    /// <summary>Threads that decode or infer: the inference gate.</summary>
    public Budget Inferences { get; } = new(options.Value.Inferences);
}
