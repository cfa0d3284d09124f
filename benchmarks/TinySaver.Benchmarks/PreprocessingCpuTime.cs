using System.Globalization;

namespace TinySaver.Benchmarks;

/// <summary>The preprocessing benchmarks in CPU time instead of wall-clock, for machines that others load at the same time.</summary>
/// <remarks>Round robin over the methods, so that all see the same neighbours; the median over rounds of the whole process's CPU time.</remarks>
internal static class PreprocessingCpuTime
{
    private const int WarmUpRounds = 4;
    private const int Rounds = 15;

    public static void Run()
    {
        foreach ((string image, int calls) in ((string, int)[])[("640x480", 40), ("4000x3000", 2)])
        {
            foreach (int target in (int[])[224, 96])
            {
                var benchmarks = new PreprocessingBenchmarks { Image = image, Target = target };
                benchmarks.Setup();
                (string Name, Action Call, List<double> Milliseconds)[] methods =
                [
                    (nameof(benchmarks.SkiaMipmaps), benchmarks.SkiaMipmaps, []),
                    (nameof(benchmarks.SkiaScaledDecode), benchmarks.SkiaScaledDecode, []),
                    (nameof(benchmarks.NetVipsThumbnail), benchmarks.NetVipsThumbnail, []),
                    (nameof(benchmarks.TinySaver), benchmarks.TinySaver, []),
                    (nameof(benchmarks.TinySaverDecodeOnly), benchmarks.TinySaverDecodeOnly, []),
                ];
                for (int round = 0; round < WarmUpRounds + Rounds; round++)
                {
                    foreach ((_, Action call, List<double> milliseconds) in methods)
                    {
                        TimeSpan before = Environment.CpuUsage.TotalTime;
                        for (int i = 0; i < calls; i++)
                            call();
                        if (round >= WarmUpRounds)
                            milliseconds.Add((Environment.CpuUsage.TotalTime - before).TotalMilliseconds / calls);
                    }
                }

                foreach ((string name, _, List<double> milliseconds) in methods)
                {
                    milliseconds.Sort();
                    Console.WriteLine(string.Create(
                        CultureInfo.InvariantCulture, $"| {name} | {image} | {target} | {milliseconds[milliseconds.Count / 2]:F2} ms | {milliseconds[0]:F2} ms |"));
                }
            }
        }
    }
}
