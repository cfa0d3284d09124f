using FsCheck;
using FsCheck.Fluent;
using TinySaver.Core.Confidence;

namespace TinySaver.Core.Tests.Confidence;

public sealed class ProbabilitiesTests
{
    private static float[] From(float[] scores, ScoreKind kind, float temperature = 1)
    {
        float[] result = new float[scores.Length];
        Core.Confidence.Probabilities.From(scores, kind, temperature, result);
        return result;
    }

    [Fact]
    public void From_HandComputedLogits_IsTheirSoftmax()
    {
        // exp(0), exp(ln 2), exp(ln 5) = 1, 2, 5.
        float[] p = From([0f, MathF.Log(2), MathF.Log(5)], ScoreKind.Logits);
        Assert.Equal(1 / 8f, p[0], 1e-6f);
        Assert.Equal(2 / 8f, p[1], 1e-6f);
        Assert.Equal(5 / 8f, p[2], 1e-6f);
    }

    [Fact]
    public void From_Temperature2_IsTheSquareRootNormalised()
    {
        float[] p = From([0f, MathF.Log(4), MathF.Log(9)], ScoreKind.Logits, temperature: 2);
        Assert.Equal(1 / 6f, p[0], 1e-6f);
        Assert.Equal(2 / 6f, p[1], 1e-6f);
        Assert.Equal(3 / 6f, p[2], 1e-6f);
    }

    [Fact]
    public void From_HugeLogits_DoesNotOverflow() => Assert.Equal([0.5f, 0.5f, 0f], From([3e38f, 3e38f, -3e38f], ScoreKind.Logits));

    [Fact]
    public void From_ProbabilitiesAtTemperature1_AreKept()
    {
        float[] p = From([0.1f, 0.6f, 0.3f], ScoreKind.Probabilities);
        Assert.Equal([0.1f, 0.6f, 0.3f], p, (a, b) => MathF.Abs(a - b) < 1e-6f);
    }

    [Fact]
    public void From_ProbabilitiesAndTheirLogits_AgreeAtAnyTemperature() =>
        Prop.ForAll(
            Gen.Choose(-8000, 8000).Select(x => x / 1000f).ArrayOf().Where(a => a.Length >= 2).ToArbitrary(),
            Gen.Choose(20, 500).Select(t => t / 100f).ToArbitrary(),
            (logits, temperature) =>
            {
                float[] direct = From(logits, ScoreKind.Logits, temperature);
                float[] viaProbabilities = From(From(logits, ScoreKind.Logits), ScoreKind.Probabilities, temperature);
                Assert.Equal(direct, viaProbabilities, (a, b) => MathF.Abs(a - b) < 1e-4f);
            }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void From_ScoreThatIsNotFinite_Throws(float bad) =>
        Assert.Throws<ArithmeticException>(() => From([0f, bad, 1f], ScoreKind.Logits));

    [Fact]
    public void From_ProbabilitiesThatAreAllZero_Throws() =>
        Assert.Throws<ArithmeticException>(() => From([0f, -1e-9f, 0f], ScoreKind.Probabilities));

    [Theory]
    [InlineData(0f)]
    [InlineData(-1f)]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void From_ImpossibleTemperature_Throws(float temperature) =>
        Assert.ThrowsAny<ArgumentException>(() => From([0f, 1f], ScoreKind.Logits, temperature));
}
