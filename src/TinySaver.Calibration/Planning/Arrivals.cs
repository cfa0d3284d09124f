using TinySaver.Core.Failures;

namespace TinySaver.Calibration.Planning;

/// <summary>How many images are uploaded when: a day as a rule, in steps of equal length.</summary>
/// <param name="StepSeconds">The length of a step in seconds, above 0.</param>
/// <param name="Images">Images of each step, on average; within a step they come at random, as a Poisson process.</param>
public sealed record Arrivals(double StepSeconds, IReadOnlyList<double> Images)
{
    /// <summary>The seconds of a day.</summary>
    public const double Day = 86_400;

    /// <summary>The length of all steps in seconds.</summary>
    public double Seconds => StepSeconds * Images.Count;

    /// <summary>Images of all steps, on average.</summary>
    public double Total => Images.Sum();

    /// <summary>The same rate all the time.</summary>
    public static Arrivals Steady(double imagesPerSecond, double seconds = Day) => new(seconds, [imagesPerSecond * seconds]);

    /// <summary>The most images a second, on average over a step.</summary>
    public double Peak => Images.Max() / StepSeconds;

    /// <summary>A day with one of so many images.</summary>
    public Arrivals Thinned(int by) => this with { Images = [.. Images.Select(i => i / by)] };

    /// <summary>A rate that changes at some moments: what is said of a moment is uploaded until the next one, or the end of its day.</summary>
    /// <param name="moments">Seconds from the beginning, whole, rising, and the images from then on.</param>
    /// <exception cref="TinySaverException">There is none, one comes before its time, or a number of images is negative.</exception>
    public static Arrivals Of(IReadOnlyList<(double Second, double Images)> moments)
    {
        if (moments.Count == 0)
            throw new TinySaverException("The trace has no rows: it must say how many images are uploaded from which second on.");

        double end = Day * Math.Floor((moments[^1].Second / Day) + 1);
        double[] steps = new double[(int)end];
        for (int i = 0; i < moments.Count; i++)
        {
            (double second, double images) = moments[i];
            double next = i + 1 < moments.Count ? moments[i + 1].Second : end;
            if (second < 0 || next <= second || !(images >= 0) || double.IsInfinity(images))
                throw new TinySaverException(FormattableString.Invariant($"The trace has {images} images from second {second} to {next}: seconds must be 0 or more and rise from row to row, images 0 or more."));

            for (int at = (int)second; at < (int)next; at++)
                steps[at] = images / ((int)next - (int)second);
        }

        return new(1, steps);
    }

    /// <summary>The moments of single images, in order.</summary>
    public IEnumerable<double> Draw(Random random)
    {
        for (int i = 0; i < Images.Count; i++)
        {
            double rate = Images[i] / StepSeconds;
            if (rate <= 0)
                continue;

            // A Poisson process has no memory, so each step may begin it anew.
            double end = (i + 1) * StepSeconds;
            for (double at = (i * StepSeconds) + Gap(random, rate); at < end; at += Gap(random, rate))
                yield return at;
        }
    }

    private static double Gap(Random random, double rate) => -Math.Log(1 - random.NextDouble()) / rate;
}
