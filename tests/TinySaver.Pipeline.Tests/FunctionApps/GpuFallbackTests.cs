using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using TinySaver.Inference.Classification;
using TinySaver.Pipeline.Cascades;
using TinySaver.Pipeline.FunctionApps;

namespace TinySaver.Pipeline.Tests.FunctionApps;

public sealed class GpuFallbackTests
{
    [Theory]
    [InlineData(ExecutionProvider.Cuda, false, "no GPU", ExecutionProvider.Cpu)]
    [InlineData(ExecutionProvider.Cuda, false, null, ExecutionProvider.Cuda)]
    [InlineData(ExecutionProvider.Cuda, true, "no GPU", ExecutionProvider.Cuda)]
    [InlineData(ExecutionProvider.Cpu, false, "no GPU", ExecutionProvider.Cpu)]
    public void PostConfigure_CudaMissing_FallsBackUnlessRequired(ExecutionProvider asked, bool required, string? whyNot, ExecutionProvider expected)
    {
        var options = new CascadeSourceOptions { LargeProvider = asked };
        IOptions<FunctionAppOptions> app = Options.Create(new FunctionAppOptions { RequireGpu = required });

        new GpuFallback(app, NullLogger<GpuFallback>.Instance, () => whyNot).PostConfigure(null, options);

        Assert.Equal(expected, options.LargeProvider);
    }

    [Fact]
    public void PostConfigure_OptionsMadeTwice_WarnsOnce()
    {
        using var log = new LogLines();
        using var loggers = new LoggerFactory([log]);
        var fallback = new GpuFallback(Options.Create(new FunctionAppOptions()), loggers.CreateLogger<GpuFallback>(), () => "no GPU");

        fallback.PostConfigure(null, new CascadeSourceOptions { LargeProvider = ExecutionProvider.Cuda });
        fallback.PostConfigure(null, new CascadeSourceOptions { LargeProvider = ExecutionProvider.Cuda });

        Assert.Contains("no GPU", Assert.Single(log.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public void WhyMissing_CpuOnlyOnnxRuntime_SaysWhatToReference()
    {
        // The tests reference the CPU build, whatever the machine has.
        Assert.Contains("Microsoft.ML.OnnxRuntime.Gpu", CudaSupport.WhyMissing(), StringComparison.Ordinal);
    }
}
