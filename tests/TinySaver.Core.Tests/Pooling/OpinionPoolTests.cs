using TinySaver.Core.Confidence;
using TinySaver.Core.Pooling;

namespace TinySaver.Core.Tests.Pooling;

public sealed class OpinionPoolTests
{
    // By hand: s = ln .5 + .5 ln .2, ln .3 + .5 ln .7, ln .2 + .5 ln .1; e^s = .22361, .25100, .06325; sum .53785.
    private static readonly float[] ByHand = [0.22361f / 0.53785f, 0.25100f / 0.53785f, 0.06325f / 0.53785f];

    [Fact]
    public void Pool_OfTwoModels_IsTheWeightedSumOfTheirLogProbabilities()
    {
        OpinionPool pool = Pool(3, (1, [0, 1, 2], [0.5f, 0.3f, 0.2f]), (0.5, [1, 0, 2], [0.7f, 0.2f, 0.1f]));
        Assert.Equal(1, pool.ClassIndex);
        Assert.Equal(ByHand[1], pool.Confidence(ConfidenceMeasure.MaxProbability), 1e-4f);
        Assert.Equal(ByHand[1] - ByHand[0], pool.Confidence(ConfidenceMeasure.Margin), 1e-4f);
        Assert.Equal(ConfidenceMeasures.Of(ByHand, ConfidenceMeasure.Entropy), pool.Confidence(ConfidenceMeasure.Entropy), 1e-4f);
        Assert.Equal([1, 0, 2], pool.Likeliest(5).Select(c => c.ClassIndex));
        Assert.Equal([ByHand[1], ByHand[0]], pool.Likeliest(2).Select(c => c.Probability), (a, b) => Math.Abs(a - b) < 1e-4f);
    }

    [Theory]
    [InlineData(ConfidenceMeasure.MaxProbability)]
    [InlineData(ConfidenceMeasure.Margin)]
    [InlineData(ConfidenceMeasure.Entropy)]
    public void Pool_OfOneModelThatListsAllClasses_HasItsConfidence(ConfidenceMeasure measure)
    {
        float[] probabilities = [0.1f, 0.6f, 0.25f, 0.05f];
        OpinionPool pool = Pool(4, (1, [1, 2, 0, 3], [0.6f, 0.25f, 0.1f, 0.05f]));
        Assert.Equal(1, pool.ClassIndex);
        Assert.Equal(ConfidenceMeasures.Of(probabilities, measure), pool.Confidence(measure), 1e-6f);
    }

    [Theory]
    [InlineData(ConfidenceMeasure.MaxProbability)]
    [InlineData(ConfidenceMeasure.Margin)]
    [InlineData(ConfidenceMeasure.Entropy)]
    public void Pool_OfCutEvidence_IsThatOfTheRestSpreadEvenly(ConfidenceMeasure measure)
    {
        // 100 classes of which each model lists three: against the same pool with every class listed.
        const int classes = 100;
        (double, int[], float[])[] cut = [(0.7, [7, 3, 50], [0.5f, 0.2f, 0.1f]), (1.1, [3, 9, 7], [0.6f, 0.3f, 0.02f])];
        double[] scores = new double[classes];
        foreach ((double weight, int[] listed, float[] probabilities) in cut)
        {
            for (int c = 0; c < classes; c++)
            {
                int at = Array.IndexOf(listed, c);
                scores[c] += weight * Math.Log(at < 0 ? (1 - probabilities.Sum()) / (classes - listed.Length) : probabilities[at]);
            }
        }

        float[] whole = new float[classes];
        Probabilities.From([.. scores.Select(s => (float)s)], ScoreKind.Logits, 1, whole);
        OpinionPool pool = Pool(classes, cut);
        Assert.Equal(3, pool.ClassIndex);
        Assert.Equal(Array.IndexOf(whole, whole.Max()), pool.ClassIndex);
        Assert.Equal(ConfidenceMeasures.Of(whole, measure), pool.Confidence(measure), 1e-5f);
        Assert.Equal(whole.Order().Reverse().Take(4), pool.Likeliest(4).Select(c => c.Probability), (a, b) => Math.Abs(a - b) < 1e-5f);
    }

    [Fact]
    public void Pool_OfModelsThatAreCertainOfDifferentClasses_StaysFinite()
    {
        OpinionPool pool = Pool(1000, (1, [0], [1f]), (1, [999], [1f]), (900, [5, 0], [1f, 0f]));
        Assert.Equal(5, pool.ClassIndex);
        Assert.Equal(1f, pool.Confidence(ConfidenceMeasure.MaxProbability));
        Assert.Equal(1f, pool.Confidence(ConfidenceMeasure.Entropy), 1e-6f);
    }

    [Fact]
    public void Pool_OfEqualScores_AnswersTheLowestIndexWhateverTheOrder()
    {
        Assert.Equal(2, Pool(9, (1, [5, 2], [0.4f, 0.4f])).ClassIndex);
        Assert.Equal(2, Pool(9, (1, [2, 5], [0.4f, 0.4f])).ClassIndex);
        Assert.Equal([2, 5], Pool(9, (1, [5, 2], [0.4f, 0.4f])).Likeliest(2).Select(c => c.ClassIndex));
    }

    [Fact]
    public void Pool_WithWeightZero_ChangesNothing()
    {
        OpinionPool alone = Pool(10, (1.3, [4, 1], [0.6f, 0.3f]));
        OpinionPool both = Pool(10, (0, [8], [0.99f]), (1.3, [4, 1], [0.6f, 0.3f]));
        Assert.Equal(alone.ClassIndex, both.ClassIndex);
        Assert.All(ConfidenceMeasures.All, m => Assert.Equal(alone.Confidence(m), both.Confidence(m), 1e-6f));
    }

    [Fact]
    public void Clear_ForgetsTheImageBefore()
    {
        var pool = new OpinionPool(10);
        pool.Add(new Evidence(null, [8, 1], [0.9f, 0.05f]), 2);
        pool.Clear();
        pool.Add(new Evidence(null, [4, 1], [0.6f, 0.3f]), 1);
        Assert.Equal(4, pool.ClassIndex);
        Assert.Equal(0.6f, pool.Confidence(ConfidenceMeasure.MaxProbability), 1e-6f);
    }

    [Fact]
    public void Rest_OfAConfidenceWithoutADistribution_IsNoMoreThanWhatIsListed()
    {
        Assert.Equal(0.1f, OpinionPool.Rest([0.1f], 7));
        Assert.Equal(0.1f, OpinionPool.Rest([0.4f], 7), 1e-6f);
        Assert.Equal(0f, OpinionPool.Rest([0.7f, 0.300001f], 7));
    }

    private static OpinionPool Pool(int classes, params (double Weight, int[] Classes, float[] Probabilities)[] models)
    {
        var pool = new OpinionPool(classes);
        foreach ((double weight, int[] listed, float[] probabilities) in models)
            pool.Add(listed, probabilities, weight);

        return pool;
    }
}
