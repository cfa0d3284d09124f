using TinySaver.Calibration.Pooling;

namespace TinySaver.Calibration.Tests.Pooling;

public sealed class PoolFitTests
{
    private const int Classes = 5;

    [Fact]
    public void Fit_ModelsOfIndependentErrors_WeighsBothAndGains()
    {
        (EvidenceTable[] models, int[] labels, int[][] alone) = Draw(2000, seed: 1, [2.5, 3.0]);
        double[] weights = PoolFit.Fit(models, alone[1], labels, Rows(1000))!;
        Assert.All(weights, w => Assert.InRange(w, 0.5, 2));
        int[] pooled = PooledAnswers.Of(models, weights).Classes;
        int[] unseen = [.. Enumerable.Range(1000, 1000)];
        Assert.True(unseen.Count(r => pooled[r] == labels[r]) > unseen.Count(r => alone[1][r] == labels[r]) + 20);
    }

    // Independent normal logits of unit noise and skill a: the likelihood has its maximum where each model's log probabilities count by its
    // skill, and what is chosen of it is a quarter, a half, three quarters or all of the first model's weight.
    [Fact]
    public void Fit_ManyImages_FindsTheWeightsThatTheImagesWereMadeWith()
    {
        (EvidenceTable[] models, int[] labels, int[][] alone) = Draw(20_000, seed: 2, [1.5, 2.5]);
        double[] weights = PoolFit.Fit(models, alone[1], labels, Rows(5000))!;
        Assert.Equal(2.5, weights[1], 0.15);
        Assert.Contains<double>([0.375, 0.75, 1.125, 1.5], w => Math.Abs(weights[0] - w) < 0.1);
        Assert.InRange(weights[0], 0.6, 1.6);
    }

    // In the order of their classes, as a data set in folders has them: a fit on the first ones alone would see half of the classes.
    [Fact]
    public void Fit_MoreImagesThanItLooksAt_SeesAllOfThem()
    {
        (EvidenceTable[] models, int[] labels, int[][] alone) = Draw(20_000, seed: 2, [1.5, 2.5]);
        int[] byClass = [.. Enumerable.Range(0, 20_000).OrderBy(i => labels[i])];
        double[] sorted = PoolFit.Fit(models, alone[1], labels, byClass)!;
        double[] drawn = PoolFit.Fit(models, alone[1], labels, Rows(20_000))!;
        Assert.Equal(drawn[1], sorted[1], 0.1);
        Assert.Equal(2.5, sorted[1], 0.15);
    }

    [Fact]
    public void Fit_ModelThatKnowsNothing_PoolsNothing()
    {
        for (int seed = 0; seed < 5; seed++)
        {
            (EvidenceTable[] models, int[] labels, int[][] alone) = Draw(1500, seed, [0, 4.0]);
            double[]? weights = PoolFit.Fit(models, alone[1], labels, Rows(1500));
            Assert.True(weights is null || PooledAnswers.Of(models, weights).Classes.Zip(alone[1]).Count(p => p.First != p.Second) < 15);
        }
    }

    [Fact]
    public void Fit_SecondOpinionThatIsTheSame_PoolsNothing()
    {
        (EvidenceTable[] models, int[] labels, int[][] alone) = Draw(1000, seed: 3, [3.0]);
        Assert.Null(PoolFit.Fit([models[0], models[0]], alone[0], labels, Rows(1000)));
    }

    [Fact]
    public void Fit_NoImages_PoolsNothing()
    {
        (EvidenceTable[] models, int[] labels, int[][] alone) = Draw(10, seed: 4, [3.0, 3.0]);
        Assert.Null(PoolFit.Fit(models, alone[1], labels, []));
    }

    /// <summary>
    /// The rule by which "auto" pools costs no more than 0.2 points in expectation, however few images it sees and however good or bad the first
    /// model is; pooling all that the likelihood asks for would.
    /// </summary>
    [Theory]
    [InlineData(30)]
    [InlineData(100)]
    [InlineData(400)]
    public void Fit_AnyFirstModel_LosesNoMoreThanAFifthOfAPointInExpectation(int images)
    {
        foreach (double skill in (ReadOnlySpan<double>)[0, 0.5, 1, 1.5, 2, 3])
        {
            double gain = 0;
            const int draws = 40;
            for (int draw = 0; draw < draws; draw++)
            {
                (EvidenceTable[] models, int[] labels, int[][] alone) = Draw(images + 1500, (draw * 100) + (int)(10 * skill), [skill, 3.0]);
                if (PoolFit.Fit(models, alone[1], labels, Rows(images)) is not { } weights)
                    continue;

                int[] pooled = PooledAnswers.Of(models, weights).Classes;
                gain += Enumerable.Range(images, 1500).Sum(r => (pooled[r] == labels[r] ? 1 : 0) - (alone[1][r] == labels[r] ? 1 : 0)) / 1500.0;
            }

            Assert.InRange(gain / draws, -0.002, 1);
        }
    }

    private static int[] Rows(int count) => [.. Enumerable.Range(0, count)];

    private static (EvidenceTable[] Models, int[] Labels, int[][] Alone) Draw(int count, int seed, double[] skills)
    {
        var random = new Random(seed);
        int[] labels = [.. Enumerable.Range(0, count).Select(_ => random.Next(Classes))];
        EvidenceTable[] models = [.. skills.Select(skill => EvidenceTable.FromLogits(
            [.. labels.SelectMany(y => Enumerable.Range(0, Classes).Select(c => (float)((c == y ? skill : 0) + Gaussian())))], Classes, 1))];
        return (models, labels, [.. models.Select(m => PooledAnswers.Of([m], [1]).Classes)]);

        double Gaussian() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
    }
}
