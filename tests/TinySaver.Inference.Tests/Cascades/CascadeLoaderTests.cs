using TinySaver.Core.Cascade;
using TinySaver.Core.Confidence;
using TinySaver.Core.Failures;
using TinySaver.Core.Labels;
using TinySaver.Inference.Cascades;
using TinySaver.Inference.Classification;
using TinySaver.Inference.Compute;
using TinySaver.Inference.Imaging;
using TinySaver.Inference.Models;
using TinySaver.Inference.Tests.Graphs;
using TinySaver.Inference.Tests.Imaging;
using TinySaver.Inference.Tests.Models;

namespace TinySaver.Inference.Tests.Cascades;

public sealed class CascadeLoaderTests : IDisposable
{
    private static readonly string[] Labels = ["ant", "bee", "cat", "dog", "elk"];

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private void Model(string name, IEnumerable<string> labels, GraphBuilder? graph = null) => _folder
        .With($"{name}/model.onnx", (graph ?? new SmallNet().Build()).ToBytes())
        .With($"{name}/config.json", TestFolder.Config(labels))
        .With($"{name}/preprocessor_config.json", TestFolder.ExactEight);

    private string Policy(string savers, string large = """{ "folder": "large" }""", string? largeWeights = null)
    {
        _folder.With("cascade.json", $$"""{ "version": 2, "savers": [{{savers}}], "large": {{large}}, "largeWeights": {{largeWeights ?? "null"}} }""");
        return Path.Combine(_folder.Path, "cascade.json");
    }

    private static string Saver(string name, double threshold) => FormattableString.Invariant(
        $$"""{ "model": { "folder": "{{name}}" }, "measure": "max-probability", "threshold": {{threshold}} }""");

    private static DecodedImage Image(int seed = 1) => ImageDecoder.Decode(TestImages.Png(8, 8, TestImages.RandomPixels(8, 8, seed)));

    [Fact]
    public void Load_BothModels_PredictsInTheLargeModelsClasses()
    {
        // The same weights under labels that are one further, so that none stands where it does in the large model.
        Model("tiny", [.. Labels[1..], Labels[0]]);
        Model("large", Labels);
        using Cascade cascade = CascadeLoader.Load(Policy(Saver("tiny", 0)));
        using DecodedImage image = Image();

        SaverAnswer tiny = cascade.AskSavers(image)!.Value;
        Prediction large = cascade.Large.Predict(image);

        Assert.True(tiny.Exits);
        Assert.Equal((large.ClassIndex + 1) % Labels.Length, tiny.Prediction.ClassIndex);
        Assert.Equal(Labels[tiny.Prediction.ClassIndex], tiny.Prediction.Label);
        Assert.Equal(large.Confidence, tiny.Prediction.Confidence, 1e-6f);
        Assert.Equal(cascade.Savers[0].Macs, tiny.Macs);
    }

    [Fact]
    public void Load_PolicyWithAndWithoutMacs_TakesItsOwnOrCounts()
    {
        Model("tiny", Labels);
        Model("large", Labels);
        using Cascade counted = CascadeLoader.Load(Policy(Saver("tiny", 0)));
        using Cascade stated = CascadeLoader.Load(Policy(
            Saver("tiny", 0).Replace("\"tiny\"", "\"tiny\", \"macs\": 7", StringComparison.Ordinal), """{ "folder": "large", "macs": 77 }"""));

        long macs = ComputeCostCounter.Count(ModelFolder.Open(Path.Combine(_folder.Path, "large"))).Macs;
        Assert.Equal((macs, macs), (counted.Savers[0].Macs, counted.LargeMacs));
        Assert.Equal((7L, 77L), (stated.Savers[0].Macs, stated.LargeMacs));
    }

    [Fact]
    public void Load_SaversOnly_NeedsNoLargeOnnxFile()
    {
        Model("tiny", Labels);
        _folder.With("large/config.json", TestFolder.Config(Labels));
        using Cascade cascade = CascadeLoader.Load(Policy(Saver("tiny", 0.5)), new() { Large = false });
        Assert.Equal(Labels, cascade.Labels);
        Assert.Throws<InvalidOperationException>(() => cascade.Large);
    }

    [Fact]
    public void Load_LargeOnly_NeedsNoSaver()
    {
        Model("large", Labels);
        using Cascade cascade = CascadeLoader.Load(Policy(Saver("missing", 0.5)), new() { Savers = false });
        using DecodedImage image = Image();
        Assert.Contains(cascade.Large.Predict(image).Label, Labels);
        Assert.Throws<InvalidOperationException>(() => cascade.Savers);
    }

    [Fact]
    public void Ask_Chain_StopsAtTheFirstConfidentSaver()
    {
        Model("first", Labels);
        Model("second", Labels);
        Model("large", Labels);
        using Cascade never = CascadeLoader.Load(Policy($"{Saver("first", 1)}, {Saver("second", 1)}"));
        using Cascade second = CascadeLoader.Load(Policy($"{Saver("first", 1)}, {Saver("second", 0)}"));
        using Cascade first = CascadeLoader.Load(Policy($"{Saver("first", 0)}, {Saver("second", 0)}"));
        using DecodedImage image = Image();
        long macs = first.Large.Macs;

        Assert.Equal((1, false, 2 * macs), Facts(never));
        Assert.Equal((1, true, 2 * macs), Facts(second));
        Assert.Equal((0, true, macs), Facts(first));

        (int, bool, long) Facts(Cascade cascade)
        {
            SaverAnswer answer = cascade.AskSavers(image)!.Value;
            return (answer.SaverIndex, answer.Exits, answer.Macs);
        }
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(3)]
    public void AskSavers_Temperature_DividesTheLogits(double temperature)
    {
        Model("tiny", Labels);
        Model("large", Labels);
        string saver = Saver("tiny", 0);
        using DecodedImage image = Image();
        using Cascade plain = CascadeLoader.Load(Policy(saver));
        using Cascade tempered = CascadeLoader.Load(Policy(FormattableString.Invariant($"{saver[..^1]}, \"temperature\": {temperature} }}")));

        // softmax(logits / T) is each probability to the power of 1 / T, over their sum.
        double[] powers = [.. plain.AskSavers(image)!.Value.Prediction.TopK.Select(c => Math.Pow(c.Probability, 1 / temperature))];
        Assert.Equal(powers[0] / powers.Sum(), tempered.AskSavers(image)!.Value.Prediction.Confidence, 1e-5);
    }

    [Theory]
    [InlineData("max-probability", ConfidenceMeasure.MaxProbability)]
    [InlineData("margin", ConfidenceMeasure.Margin)]
    [InlineData("entropy", ConfidenceMeasure.Entropy)]
    public void AskSavers_PooledChain_AnswersWithTheWeightedSumOfLogProbabilities(string name, ConfidenceMeasure measure)
    {
        // Three models that differ in the classes that their outputs stand for.
        Model("first", Labels);
        Model("second", [.. Labels[1..], Labels[0]]);
        Model("large", [.. Labels[3..], .. Labels[..3]]);
        string second = Saver("second", 0.05).Replace("max-probability", name, StringComparison.Ordinal)[..^1] + """, "weights": [0.5, 1.25] }""";
        using Cascade cascade = CascadeLoader.Load(Policy($"{Saver("first", 1)}, {second}", largeWeights: "[0.1, 0.4, 0.7]"));
        using DecodedImage image = Image();
        float[][] alone = [.. cascade.Savers.Append(cascade.Large).Select(m => ByClass(m.Predict(image)))];
        float[] savers = new float[5], all = new float[5];
        Probabilities.From([.. Enumerable.Range(0, 5).Select(c => (0.5f * MathF.Log(alone[0][c])) + (1.25f * MathF.Log(alone[1][c])))], ScoreKind.Logits, 1, savers);
        Probabilities.From(
            [.. Enumerable.Range(0, 5).Select(c => (0.1f * MathF.Log(alone[0][c])) + (0.4f * MathF.Log(alone[1][c])) + (0.7f * MathF.Log(alone[2][c])))], ScoreKind.Logits, 1, all);

        SaverAnswer answer = cascade.AskSavers(image)!.Value;
        Prediction large = cascade.Large.Predict(image);
        Prediction escalated = cascade.AnswerEscalated(answer.Evidence, large);

        float confidence = ConfidenceMeasures.Of(savers, measure);
        Assert.Equal(savers, ByClass(answer.Answer), (a, b) => MathF.Abs(a - b) < 1e-5f);
        Assert.Equal(confidence, answer.Answer.Confidence, 1e-5f);
        Assert.Equal((1, confidence >= 0.05), (answer.SaverIndex, answer.Exits));
        Assert.Equal(alone[1], ByClass(answer.Prediction));
        Assert.Equal(ConfidenceMeasures.Of(alone[1], measure), answer.Prediction.Confidence, 1e-6f);
        Assert.Equal(cascade.Savers.Select(s => s.ShortHash), answer.Evidence.Select(e => e.Model));
        Assert.Equal(all, ByClass(escalated), (a, b) => MathF.Abs(a - b) < 1e-5f);
        Assert.Equal((escalated.TopK[0].ClassIndex, escalated.TopK[0].Label), (escalated.ClassIndex, escalated.Label));
        Assert.Equal(all.Max(), escalated.Confidence, 1e-5f);
        Assert.Equal(alone[2], ByClass(large));

        static float[] ByClass(Prediction prediction) => [.. prediction.TopK.OrderBy(c => c.ClassIndex).Select(c => c.Probability)];
    }

    [Fact]
    public void AskSavers_PolicyThatDoesNotPool_MakesNoEvidence()
    {
        Model("tiny", Labels);
        Model("large", Labels);
        using Cascade cascade = CascadeLoader.Load(Policy(Saver("tiny", 1)));
        using DecodedImage image = Image();

        SaverAnswer answer = cascade.AskSavers(image)!.Value;
        Prediction large = cascade.Large.Predict(image);

        Assert.Same(answer.Prediction, answer.Answer);
        Assert.Empty(answer.Evidence);
        Assert.Null(answer.Prediction.Evidence ?? large.Evidence);
        Assert.Same(large, cascade.AnswerEscalated([], large));
    }

    [Fact]
    public void Ask_NoSavers_HasNoAnswer()
    {
        Model("large", Labels);
        using Cascade cascade = CascadeLoader.Load(Policy(""));
        using DecodedImage image = Image();
        Assert.Null(cascade.AskSavers(image));
    }

    [Fact]
    public void Predict_OutputThatIsNotFinite_FailsOnlyThatImage()
    {
        // log of the scores: negative scores become NaN, whatever the image.
        Model("tiny", Labels, new SmallNet { Head = "Log" }.Build());
        Model("large", Labels);
        using Cascade cascade = CascadeLoader.Load(Policy(Saver("tiny", 0)));
        using DecodedImage image = Image();
        PermanentFailureException error = Assert.Throws<PermanentFailureException>(() => cascade.AskSavers(image));
        Assert.Equal(FailureReason.BadModelOutput, error.Reason);

        using ImageBatch batch = cascade.Savers[0].RentBatch(2);
        cascade.Savers[0].Preprocess(image, batch, 0);
        cascade.Savers[0].Preprocess(image, batch, 1);
        var predictions = new Prediction?[2];
        cascade.Savers[0].Predict(batch, predictions);
        Assert.All(predictions, Assert.Null);
    }

    [Fact]
    public void Load_HashThatAgrees_IsAccepted()
    {
        Model("large", Labels);
        string hash = ModelFolder.Open(Path.Combine(_folder.Path, "large")).ContentHash;
        using Cascade cascade = CascadeLoader.Load(Policy("", $$"""{ "folder": "large", "sha256": "{{hash}}" }"""));
        Assert.Equal(hash[..12], cascade.Large.ShortHash);
    }

    [Fact]
    public void Load_ChangedModel_NamesTheField()
    {
        Model("large", Labels);
        string policy = Policy("", $$"""{ "folder": "large", "sha256": "{{new string('a', 64)}}" }""");
        string message = Assert.Throws<InvalidPolicyException>(() => CascadeLoader.Load(policy)).Message;
        Assert.Contains("'large.sha256' is aaaaaaaaaaaa…", message);
        Assert.Contains("search anew", message);
    }

    [Fact]
    public void Load_OtherLabels_ShowsBothDifferences()
    {
        Model("tiny", [.. Labels[..4], "fox"]);
        Model("large", Labels);
        string message = Assert.Throws<InvalidModelException>(() => CascadeLoader.Load(Policy(Saver("tiny", 0.5)))).Message;
        Assert.Contains("fox", message);
        Assert.Contains("elk", message);
    }

    [Fact]
    public void ReadPolicy_NoFile_SaysSo() =>
        Assert.Contains("There is no cascade policy", Assert.Throws<InvalidPolicyException>(() => CascadeLoader.ReadPolicy("nowhere/cascade.json")).Message);

    [Theory]
    [InlineData("")]
    [InlineData(""", "weights": [0.5, 1]""")]
    public async Task Ask_EightThreads_AnswerAlike(string weights)
    {
        Model("tiny", Labels);
        Model("large", Labels);
        using Cascade cascade = CascadeLoader.Load(Policy($"{Saver("tiny", 1)}, {Saver("tiny", 0.5)[..^1]}{weights} }}"));
        float[] expected = [.. Enumerable.Range(0, 16).Select(Confidence)];
        float[][] seen = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Enumerable.Range(0, 16).Select(Confidence).ToArray())));
        Assert.All(seen, s => Assert.Equal(expected, s));

        float Confidence(int seed)
        {
            using DecodedImage image = Image(seed);
            return cascade.AskSavers(image)!.Value.Answer.Confidence;
        }
    }
}
