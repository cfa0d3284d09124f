using TinySaver.Benchmarks;

if (args is ["preprocessing-cpu-time"])
    PreprocessingCpuTime.Run();
else
    BenchmarkDotNet.Running.BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
