using TinySaver.Cli.Predictions;
using TinySaver.Cli.Recalibrate;
using TinySaver.Core.Audits;
using TinySaver.Core.Confidence;
using TinySaver.Inference.Models;

namespace TinySaver.Cli.Tests.Recalibrate;

public sealed class AuditSetTests
{
    private static readonly ModelFolder Tiny = ModelFolder.Open(Path.Combine(RepositoryPaths.Samples, "models", "tiny-l"));

    [Theory]
    [InlineData(1)]
    [InlineData(2.5f)]
    public void Of_AllClassesListed_GivesBackTheConfidencesAtEveryTemperature(float temperature)
    {
        float[] logits = [2, -1, 0.5f, 3, 0, -4, 1];
        float[] probabilities = new float[7];
        Probabilities.From(logits, ScoreKind.Logits, temperature, probabilities);

        PredictionSet set = Set(probabilities, Tiny.Labels).Of(0, Tiny, temperature, ConfidenceMeasure.Entropy)!;

        foreach (ConfidenceMeasure measure in ConfidenceMeasures.All)
        {
            foreach (float other in (float[])[1, temperature])
                Assert.Equal(PredictionSet.FromLogits(logits, 7, measure, other)[0], set.ConfidencesAt(measure, other)![0], 1e-5f);
        }

        Assert.Equal(3, set.Classes[0]);
        Assert.Equal(-1, set.Labels[0]);
    }

    [Theory]
    [InlineData(1, ConfidenceMeasure.Margin, true)]
    [InlineData(1, ConfidenceMeasure.Entropy, false)]
    [InlineData(2, ConfidenceMeasure.Margin, false)]
    public void Of_OnlyTheLikeliestListed_IsThereWhereTheyAreEnough(float temperature, ConfidenceMeasure measure, bool enough)
    {
        var labels = new LabelSet(Enumerable.Range(0, 30).Select(i => $"class {i}"));

        PredictionSet? set = Set([0.1f, 0, 0, 0.6f, 0, 0, 0.05f], labels).Of(0, Tiny, temperature, measure);

        Assert.Equal(enough, set is not null);
        if (set is not null)
            Assert.Equal((0.6f, 0.5f, 30), (set.ConfidencesAt(ConfidenceMeasure.MaxProbability, 1)![0], set.ConfidencesAt(ConfidenceMeasure.Margin, 1)![0], set.ClassCount));
    }

    private static AuditSet Set(float[] probabilities, LabelSet labels)
    {
        int[] order = [.. Enumerable.Range(0, 7).OrderByDescending(i => probabilities[i])];
        return new([new AuditRow("p", default, "a", default, new(0), 3, "", 3, "", 1) { Evidence = [new("m", order, [.. order.Select(i => probabilities[i])])] }], labels);
    }
}
