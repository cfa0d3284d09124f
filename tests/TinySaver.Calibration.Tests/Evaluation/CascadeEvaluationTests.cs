using System.Text.Json;
using TinySaver.Calibration.Evaluation;
using TinySaver.Calibration.Guarantees;
using TinySaver.Core.Cascade;
using TinySaver.Core.Failures;

namespace TinySaver.Calibration.Tests.Evaluation;

public sealed class CascadeEvaluationTests
{
    // Images 0–2 exit at the first saver, 3 and 4 at the second, 5 and 6 are escalated.
    private static readonly int[] Labels = [0, 0, 1, 1, 1, 2, 2];
    private static readonly int[] Large = [0, 0, 1, 0, 1, 2, 0];
    private static readonly ReplaySaver First = new(
        new[] { 0, 1, 1, 0, 0, 0, 2 }, new[] { 0.9f, 0.8f, 0.7f, 0.6f, 0.5f, 0.1f, 0.2f }, 0.7f, 0.1);

    private static readonly ReplaySaver Second = new(
        new[] { 9, 9, 9, 1, 0, 2, 2 }, new[] { 1f, 1f, 1f, 0.9f, 0.8f, 0.3f, 0.4f }, 0.8f, 0.25);

    private static readonly EvaluationInput Input = new(
        [new EvaluatedSaver("tiny", First, First.Confidences), new EvaluatedSaver("small", Second, default)],
        Large,
        default,
        Labels,
        new Guarantee(RiskKind.AccuracyDrop, 0.2, 0.05));

    [Fact]
    public void Run_SevenImagesTwoSavers_IsCountedByHand()
    {
        EvaluationResult result = CascadeEvaluation.Run(Input);

        OperatingPoint point = result.Point;
        Assert.Equal((5, 2, 1, 3), (point.Exited, point.Losses, point.Gains, point.Disagreements));
        Assert.Equal(5 / 7.0, point.AccuracyLarge);
        Assert.Equal(4 / 7.0, point.AccuracyCascade);
        Assert.Equal(1 / 7.0, point.AccuracyDrop);
        Assert.Equal((0.1 * 7 / 7) + (0.25 * 4 / 7) - (5 / 7.0), point.DeltaC, 12);
        Assert.Equal(3 / 5.0, point.ExitedAccuracySaver);
        Assert.Equal(4 / 5.0, point.ExitedAccuracyLarge);
        Assert.Equal([3 / 7.0, 2 / 7.0], result.Savers.Select(s => s.Decided));
        Assert.Equal(3 / 7.0, result.Savers[0].Accuracy);
        Assert.Equal(7, result.Savers[0].Histogram.Sum(b => b.Right + b.Wrong));
        Assert.Equal([(1, 0, 0.8f), (4, 1, 0.8f)], result.Mistakes.Select(m => (m.Row, m.Saver, m.Confidence)));
        Assert.Equal(new ClassRow(1, 3, 1 / 3.0, 2 / 3.0, 2 / 3.0, 0, 1, 1, 1), result.Classes[1]);
        Assert.Equal(3, result.Classes.Count);
    }

    [Theory]
    [InlineData(0.2, GuaranteeVerdict.Held)]
    [InlineData(0.01, GuaranteeVerdict.AboveWithinError)]
    public void Run_Promise_IsHeldAgainstTheObservedDrop(double epsilon, GuaranteeVerdict expected) => Assert.Equal(
        expected, CascadeEvaluation.Run(Input with { Guarantee = Input.Guarantee! with { Epsilon = epsilon } }).Guarantee!.Verdict);

    [Fact]
    public void Run_ManyMoreLossesThanPromised_IsBroken()
    {
        int[] right = new int[1000];
        int[] wrong = [.. Enumerable.Range(0, 1000).Select(i => i < 100 ? 1 : 0)];
        float[] sure = [.. Enumerable.Repeat(1f, 1000)];
        var input = new EvaluationInput(
            [new EvaluatedSaver("tiny", new ReplaySaver(wrong, sure, 1, 0.1), default)], right, default, right, new Guarantee(RiskKind.AccuracyDrop, 0.05, 0.05));

        Assert.Equal(GuaranteeVerdict.Broken, CascadeEvaluation.Run(input).Guarantee!.Verdict);
    }

    [Fact]
    public void Run_WithoutLabels_KnowsAgreementOnly()
    {
        EvaluationResult result = CascadeEvaluation.Run(Input with { Labels = default });

        Assert.Null(result.Point.AccuracyDrop);
        Assert.Null(result.DropInterval);
        Assert.Null(result.Guarantee);
        Assert.Empty(result.Classes);
        Assert.Equal(4 / 7.0, result.Point.Agreement, 12);
        Assert.Equal(3, result.Mistakes.Count);
        Assert.Null(result.Mistakes[0].Label);
    }

    [Fact]
    public void Run_Result_SurvivesJson()
    {
        string json = JsonSerializer.Serialize(CascadeEvaluation.Run(Input));
        Assert.Equal(json, JsonSerializer.Serialize(JsonSerializer.Deserialize<EvaluationResult>(json)));
    }

    [Fact]
    public void Run_BadInput_IsRefused()
    {
        Assert.Throws<TinySaverException>(() => CascadeEvaluation.Run(Input with { Large = default, Labels = default }));
        Assert.Throws<TinySaverException>(() => CascadeEvaluation.Run(Input with { Savers = [] }));
        Assert.Throws<TinySaverException>(() => CascadeEvaluation.Run(Input with { Labels = new int[3] }));
        Assert.Throws<TinySaverException>(() => CascadeEvaluation.Run(Input with { LargeMaxProbabilities = new float[3] }));
    }
}
