using TinySaver.Inference.Models;

namespace TinySaver.Benchmarks;

/// <summary>Finds the tiny model that benchmarks run.</summary>
internal static class BenchmarkModel
{
    private const string Variable = "TINYSAVER_BENCH_MODEL";

    /// <summary>The folder that the variable names, else the first <c>samples/models/tiny-*</c>.</summary>
    public static ModelFolder OpenTiny()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named)
            return ModelFolder.Open(named);
        string models = Repository.PathOf("samples", "models");
        if (Directory.Exists(models) && Directory.GetDirectories(models, "tiny-*").Order(StringComparer.Ordinal).FirstOrDefault() is { } tiny)
            return ModelFolder.Open(tiny);
        throw new InvalidOperationException($"There is no {models}/tiny-*; set {Variable} to a model folder.");
    }
}
