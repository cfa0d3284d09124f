using BenchmarkDotNet.Running;

namespace TinySaver.Benchmarks;

internal static class Program
{
    private static void Main(string[] args)
    {
        if (args is ["preprocessing-cpu-time"])
            PreprocessingCpuTime.Run();
        else if (args is ["jpeg-decoders"])
            JpegDecoders.Run();
        else if (args is ["inference-paired"])
            InferencePaired.Run();
        else
            BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
    }
}
