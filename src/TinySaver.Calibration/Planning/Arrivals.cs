using TinySaver.Core.Failures;

namespace TinySaver.Calibration.Planning;

/// <summary>How many images are uploaded when: a day as a rule, in steps of equal length.</summary>
/// <param name="StepSeconds">The length of a step in seconds, above 0.</param>
/// <param name="Images">Images of each step, on average; within a step they come at random, as a Poisson process.</param>
public sealed record Arrivals(double StepSeconds, IReadOnlyList<double> Images)
{
    /// <summary>The seconds of a day.</summary>
    public const double Day = 86_400;

    // Of fewer none may come at all, and then there is nothing to say.
    private const double FewestImages = 20;

    // Each image is simulated, some ten million a second, and one that waits takes 8 bytes.
    private const double MostImages = 1e9;
    private const double LongestSeconds = 366 * Day;

    /// <summary>The length of all steps in seconds.</summary>
    public double Seconds => StepSeconds * Images.Count;

    /// <summary>Images of all steps, on average.</summary>
    public double Total => Images.Sum();

    /// <summary>The same rate all the time.</summary>
    /// <param name="imagesPerSecond">The rate.</param>
    /// <param name="seconds">For so long.</param>
    /// <exception cref="TinySaverException">There are fewer than 20 images, or more than a thousand million.</exception>
    public static Arrivals Steady(double imagesPerSecond, double seconds = Day) => new Arrivals(seconds, [imagesPerSecond * seconds]).Checked();

    /// <summary>The most images a second, on average over a step.</summary>
    public double Peak => Images.Max() / StepSeconds;

    /// <summary>A day with one of so many images.</summary>
    public Arrivals Thinned(int by) => this with { Images = [.. Images.Select(i => i / by)] };

    /// <summary>A rate that changes at some moments: what is said of a moment is uploaded until the next one, or the end of its day.</summary>
    /// <param name="moments">Seconds from the beginning, whole, rising, and the images from then on.</param>
    /// <exception cref="TinySaverException">There is none, one comes before its time or after a year, a number of images is negative, or there are fewer than 20 or more than a thousand million.</exception>
    public static Arrivals Of(IReadOnlyList<(double Second, double Images)> moments)
    {
        if (moments.Count == 0)
            throw new TinySaverException("The trace has no rows: it must say how many images are uploaded from which second on.");

        double before = -1;
        foreach ((double second, double images) in moments)
        {
            if (!(second > before && second < LongestSeconds && images >= 0 && double.IsFinite(images)))
                throw new TinySaverException(FormattableString.Invariant($"The trace has {images} images from second {second} on: seconds must be 0 or more, rise from row to row, and end within 366 days; images must be 0 or more."));

            before = second;
        }

        double[] steps = new double[(int)(Day * Math.Floor((before / Day) + 1))];
        for (int i = 0; i < moments.Count; i++)
        {
            int first = (int)moments[i].Second;
            int next = i + 1 < moments.Count ? (int)moments[i + 1].Second : steps.Length;
            steps.AsSpan(first, next - first).Fill(moments[i].Images / (next - first));
        }

        return new Arrivals(1, steps).Checked();
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

    // Rounded: a rate an hour or a day is kept a second, and comes back a little off.
    private Arrivals Checked() => Math.Round(Total, 3) is >= FewestImages and <= MostImages ? this : throw new TinySaverException(
        FormattableString.Invariant($"There are {Total:0.###} images to simulate: there must be at least {FewestImages}, and at most {MostImages:N0}."));

    private static double Gap(Random random, double rate) => -Math.Log(1 - random.NextDouble()) / rate;
}
