using TinySaver.Core.Confidence;
using TinySaver.Core.Labels;

namespace TinySaver.Core.Tests.Labels;

public sealed class PredictionsTests
{
    private static readonly string[] Labels = ["ant", "bee", "cat", "dog"];

    [Fact]
    public void Read_Logits_ListsTheMostProbableFirst()
    {
        // Probabilities 1/16, 4/16, 8/16, 3/16.
        Prediction prediction = Predictions.Read(
            [0f, MathF.Log(4), MathF.Log(8), MathF.Log(3)], ScoreKind.Logits, 1, ConfidenceMeasure.Margin, Labels, [], topK: 3);

        Assert.Equal((2, "cat"), (prediction.ClassIndex, prediction.Label));
        Assert.Equal(4 / 16f, prediction.Confidence, 1e-6f);
        Assert.Equal(["cat", "bee", "dog"], prediction.TopK.Select(c => c.Label));
        Assert.Equal(8 / 16f, prediction.TopK[0].Probability, 1e-6f);
        Assert.Equal(3 / 16f, prediction.TopK[2].Probability, 1e-6f);
    }

    [Fact]
    public void Read_MappedClasses_AnswersInTheLargeModelsOrder()
    {
        Prediction prediction = Predictions.Read(
            [0.7f, 0.2f, 0.1f, 0f], ScoreKind.Probabilities, 1, ConfidenceMeasure.MaxProbability, Labels, [3, 2, 1, 0]);
        Assert.Equal((3, "dog"), (prediction.ClassIndex, prediction.Label));
        Assert.Equal([3, 2, 1, 0], prediction.TopK.Select(c => c.ClassIndex));
    }

    [Fact]
    public void Read_EvidenceWanted_IsThatOfTheTemperedProbabilitiesInTheLargeModelsOrder()
    {
        // Probabilities 1/16, 4/16, 8/16, 3/16 to the power of 1/2, over their sum.
        Prediction prediction = Predictions.Read(
            [0f, MathF.Log(4), MathF.Log(8), MathF.Log(3)], ScoreKind.Logits, 2, ConfidenceMeasure.MaxProbability, Labels, [3, 2, 1, 0], topK: 1, evidenceOf: "m");

        float sum = 1 + 2 + MathF.Sqrt(8) + MathF.Sqrt(3);
        Assert.Equal("m", prediction.Evidence!.Model);
        Assert.Equal([1, 2, 0, 3], prediction.Evidence.Classes);
        Assert.Equal([MathF.Sqrt(8) / sum, 2 / sum, MathF.Sqrt(3) / sum, 1 / sum], prediction.Evidence.Probabilities, (a, b) => MathF.Abs(a - b) < 1e-6f);
        Assert.Equal(prediction.Confidence, prediction.Evidence.Probabilities[0]);
        Assert.Null(Predictions.Read([0f, 1f, 2f, 3f], ScoreKind.Logits, 1, ConfidenceMeasure.Margin, Labels, []).Evidence);
    }

    [Fact]
    public void Read_Tie_GoesToTheLowerIndex() =>
        Assert.Equal(1, Predictions.Read([0f, 2f, 2f, 1f], ScoreKind.Logits, 1, ConfidenceMeasure.Entropy, Labels, []).ClassIndex);

    [Fact]
    public void Read_MoreClassesThanTheStackHolds_StillAnswers()
    {
        float[] scores = new float[5000];
        scores[4321] = 10;
        string[] labels = [.. Enumerable.Range(0, 5000).Select(i => $"c{i}")];
        Assert.Equal("c4321", Predictions.Read(scores, ScoreKind.Logits, 1, ConfidenceMeasure.MaxProbability, labels, []).Label);
    }
}
