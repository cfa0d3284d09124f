using TinySaver.Calibration.Sweeps;
using TinySaver.Core.Failures;

namespace TinySaver.Calibration.Tests.Sweeps;

public sealed class TemperatureFitTests
{
    [Theory]
    [InlineData(0.5)]
    [InlineData(1)]
    [InlineData(3)]
    public void Fit_LabelsDrawnAtAKnownTemperature_FindsIt(double temperature)
    {
        const int images = 20_000, classes = 5;
        var random = new Random(3);
        float[] logits = new float[images * classes];
        int[] labels = new int[images];
        for (int i = 0; i < images; i++)
        {
            double[] weights = new double[classes];
            for (int c = 0; c < classes; c++)
            {
                double z = 2 * random.NextDouble() * (c == i % classes ? 3 : 1);
                logits[(i * classes) + c] = (float)(z * temperature);
                weights[c] = Math.Exp(z);
            }

            double u = random.NextDouble() * weights.Sum();
            while (u > weights[labels[i]] && labels[i] < classes - 1)
                u -= weights[labels[i]++];
        }

        float fitted = TemperatureFit.Fit(logits, classes, labels);

        Assert.InRange(fitted, 0.95 * temperature, 1.05 * temperature);
        double best = TemperatureFit.NegativeLogLikelihood(logits, classes, labels, fitted);
        Assert.True(best <= TemperatureFit.NegativeLogLikelihood(logits, classes, labels, fitted * 1.01));
        Assert.True(best <= TemperatureFit.NegativeLogLikelihood(logits, classes, labels, fitted * 0.99));
    }

    [Fact]
    public void NegativeLogLikelihood_TwoClasses_IsTheLogisticLoss()
    {
        double expected = Math.Log(1 + Math.Exp(-1.0));

        Assert.Equal(expected, TemperatureFit.NegativeLogLikelihood([2f, 0f], 2, [0], 2), 6);
    }

    [Fact]
    public void Fit_EveryImageRight_IsTheLowestTemperature() =>
        Assert.InRange(TemperatureFit.Fit([5f, 0f, 0f, 5f], 2, [0, 1]), TemperatureFit.Lowest, TemperatureFit.Highest);

    [Fact]
    public void Fit_BadInput_IsRefused()
    {
        Assert.Throws<TinySaverException>(() => TemperatureFit.Fit([1f, 2f, 3f], 2, [0]));
        Assert.Throws<TinySaverException>(() => TemperatureFit.Fit([], 2, []));
        Assert.Throws<TinySaverException>(() => TemperatureFit.Fit([1f, float.NaN], 2, [0]));
        Assert.Throws<TinySaverException>(() => TemperatureFit.Fit([1f, 2f], 2, [2]));
    }
}
