using TinySaver.Core.Cascade;
using TinySaver.Core.Confidence;
using TinySaver.Inference.Models;

namespace TinySaver.Pipeline.Tests.Stages;

/// <summary>A folder with a policy and models, which tell red, green and blue apart.</summary>
/// <remarks>
/// Bright plain colours exit at the tiny model. <see cref="TestImages.Unsure"/> ones are escalated. On
/// <see cref="TestImages.DimRed"/> the tiny model is sure and the large model says blue; so does the middle one, which only chains have, and is not.
/// </remarks>
public sealed class TestCascade : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tinysaver-cascade-");

    /// <param name="threshold">The tiny model's.</param>
    /// <param name="largeBatch">The batch size that the large model's graph fixes; null for any.</param>
    /// <param name="largeThrowsOnWhite">Whether the large model fails on a batch that has a white image in it.</param>
    public TestCascade(double threshold = 0.9, int? largeBatch = null, bool largeThrowsOnWhite = false)
    {
        WriteModel("tiny", TestOnnx.MeanColour(8, [0, 0, 0]));
        WriteModel("middle", TestOnnx.MeanColour(8, [0, 0, 4]));
        WriteModel("large", TestOnnx.MeanColour(200, [0, 0, 90], largeBatch, largeThrowsOnWhite));
        WritePolicy(threshold);
    }

    public string Folder => _folder.FullName;

    public string PolicyPath => Path.Combine(_folder.FullName, "cascade.json");

    public CascadePolicy Policy { get; private set; } = null!;

    public void WritePolicy(double threshold, bool withSaver = true, float temperature = 1) =>
        WritePolicy(withSaver ? [Saver("tiny", threshold) with { Temperature = temperature }] : []);

    /// <summary>A chain of the tiny model, which exits where it is all but certain, and a copy of the large one, which always does.</summary>
    public void WriteChain() => WritePolicy([Saver("tiny", 1), Saver("large", 0)]);

    /// <summary>A chain of the tiny and the middle model, whose answers are pooled.</summary>
    /// <param name="middle">The pool's threshold at the middle model; the tiny model exits where it is all but certain.</param>
    /// <param name="large">The weights of the three models' answers to an escalated image; null where the large model answers alone.</param>
    /// <param name="hashes">Whether the policy says what the models' content is.</param>
    public void WritePooledChain(double middle, double[]? large = null, bool hashes = true)
    {
        SaverPolicy[] savers = [Saver("tiny", 1), Saver("middle", middle) with { Weights = [1, 1] }];
        WritePolicy(hashes ? savers : [.. savers.Select(s => s with { Model = s.Model with { Sha256 = null } })], large);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private void WritePolicy(SaverPolicy[] savers, double[]? largeWeights = null)
    {
        Policy = new CascadePolicy { Savers = savers, Large = Reference("large"), LargeWeights = largeWeights };
        File.WriteAllText(PolicyPath, CascadePolicyJson.Write(Policy));
    }

    private SaverPolicy Saver(string model, double threshold) =>
        new() { Model = Reference(model), Measure = ConfidenceMeasure.MaxProbability, Threshold = threshold };

    private ModelReference Reference(string name) => new(
        $"models/{name}", Sha256: ModelFolder.Open(Path.Combine(Folder, "models", name)).ContentHash, Macs: name == "large" ? 1_000 : 10);

    private void WriteModel(string name, byte[] onnx)
    {
        string folder = _folder.CreateSubdirectory($"models/{name}").FullName;
        File.WriteAllBytes(Path.Combine(folder, "model.onnx"), onnx);
        File.WriteAllText(Path.Combine(folder, "config.json"), """{"id2label":{"0":"red","1":"green","2":"blue"}}""");
        File.WriteAllText(
            Path.Combine(folder, "preprocessor_config.json"),
            """
            {"do_resize":true,"size":{"height":8,"width":8},"resample":2,"do_center_crop":false,
             "do_rescale":true,"rescale_factor":0.00392156862745098,"do_normalize":false}
            """);
    }
}
