using FsCheck;
using FsCheck.Fluent;
using TinySaver.Core.Confidence;

namespace TinySaver.Core.Tests.Confidence;

public sealed class ConfidenceMeasuresTests
{
    [Theory]
    [InlineData(ConfidenceMeasure.MaxProbability, 0.7f)]
    [InlineData(ConfidenceMeasure.Margin, 0.5f)]
    // 1 − (−0.7 ln 0.7 − 0.2 ln 0.2 − 0.1 ln 0.1) / ln 3, computed by hand.
    [InlineData(ConfidenceMeasure.Entropy, 0.270154f)]
    public void Of_HandComputedCase_Agrees(ConfidenceMeasure measure, float expected) =>
        Assert.Equal(expected, ConfidenceMeasures.Of([0.2f, 0.7f, 0.1f], measure), 1e-5f);

    [Theory]
    [InlineData(ConfidenceMeasure.MaxProbability, 1f)]
    [InlineData(ConfidenceMeasure.Margin, 1f)]
    [InlineData(ConfidenceMeasure.Entropy, 1f)]
    public void Of_CertainPrediction_IsOne(ConfidenceMeasure measure, float expected) =>
        Assert.Equal(expected, ConfidenceMeasures.Of([0f, 1f, 0f], measure));

    [Theory]
    [InlineData(ConfidenceMeasure.MaxProbability, 0.25f)]
    [InlineData(ConfidenceMeasure.Margin, 0f)]
    [InlineData(ConfidenceMeasure.Entropy, 0f)]
    public void Of_UniformPrediction_IsTheMeasuresLowest(ConfidenceMeasure measure, float expected) =>
        Assert.Equal(expected, ConfidenceMeasures.Of([0.25f, 0.25f, 0.25f, 0.25f], measure), 1e-6f);

    [Theory]
    [InlineData(ConfidenceMeasure.MaxProbability)]
    [InlineData(ConfidenceMeasure.Margin)]
    public void Of_RoundingBeyondOne_IsOne(ConfidenceMeasure measure) =>
        Assert.Equal(1f, ConfidenceMeasures.Of([MathF.BitIncrement(1f), 0f], measure));

    [Fact]
    public void Of_RoundingBelowZero_IsZero()
    {
        float[] uniform = new float[1_000];
        Array.Fill(uniform, MathF.BitIncrement(0.001f));
        Assert.Equal(0f, ConfidenceMeasures.Of(uniform, ConfidenceMeasure.Entropy));
    }

    [Fact]
    public void Of_TwoEqualMaxima_HasNoMargin() =>
        Assert.Equal(0f, ConfidenceMeasures.Of([0.4f, 0.2f, 0.4f], ConfidenceMeasure.Margin));

    [Fact]
    public void Of_OneClass_Throws() =>
        Assert.Throws<ArgumentException>(() => ConfidenceMeasures.Of([1f], ConfidenceMeasure.Margin));

    [Fact]
    public void Of_AnyLogitsAndTemperature_StaysWithinZeroAndOne() =>
        Prop.ForAll(
            Gen.Choose(-100_000, 100_000).Select(x => x / 1000f).ArrayOf().Where(a => a.Length >= 2).ToArbitrary(),
            Gen.Choose(1, 5000).Select(t => t / 100f).ToArbitrary(),
            (logits, temperature) =>
            {
                float[] p = new float[logits.Length];
                Core.Confidence.Probabilities.From(logits, ScoreKind.Logits, temperature, p);
                Assert.Equal(1f, p.Sum(), 1e-4f);
                foreach (ConfidenceMeasure measure in ConfidenceMeasures.All)
                    Assert.InRange(ConfidenceMeasures.Of(p, measure), 0f, 1f);
            }).QuickCheckThrowOnFailure();
}
