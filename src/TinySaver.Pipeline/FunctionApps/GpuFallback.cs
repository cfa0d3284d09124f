using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TinySaver.Inference.Classification;
using TinySaver.Pipeline.Cascades;

namespace TinySaver.Pipeline.FunctionApps;

/// <summary>Lets the large model run on the CPU where CUDA was asked for, cannot be used, and is not required.</summary>
internal sealed class GpuFallback(IOptions<FunctionAppOptions> options, ILogger<GpuFallback> logger, Func<string?> whyNoCuda)
    : IPostConfigureOptions<CascadeSourceOptions>
{
    private int _said;

    public void PostConfigure(string? name, CascadeSourceOptions cascade)
    {
        // Where it is required, loading the model fails with the same reason.
        if (cascade.LargeProvider == ExecutionProvider.Cuda && !options.Value.RequireGpu && whyNoCuda() is { } reason)
        {
            // The options are made more than once: to be validated, and to be used.
            if (Interlocked.Exchange(ref _said, 1) == 0)
                Log.FellBackToCpu(logger, reason);

            cascade.LargeProvider = ExecutionProvider.Cpu;
        }
    }
}
