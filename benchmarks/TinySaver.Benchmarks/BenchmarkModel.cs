using TinySaver.Inference.Models;

namespace TinySaver.Benchmarks;

/// <summary>Finds the tiny model that benchmarks run.</summary>
internal static class BenchmarkModel
{
    private const string Variable = "TINYSAVER_BENCH_MODEL";

    /// <summary>The folder that the variable names, else the first <c>samples/models/tiny-*</c> above the binary.</summary>
    public static ModelFolder OpenTiny()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named)
            return ModelFolder.Open(named);
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            var models = Path.Combine(directory.FullName, "samples", "models");
            if (Directory.Exists(models) && Directory.GetDirectories(models, "tiny-*").Order(StringComparer.Ordinal).FirstOrDefault() is { } tiny)
                return ModelFolder.Open(tiny);
        }

        throw new InvalidOperationException($"There is no samples/models/tiny-* above {AppContext.BaseDirectory}; set {Variable} to a model folder.");
    }
}
