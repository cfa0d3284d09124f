namespace TinySaver.Calibration.Guarantees;

/// <summary>The regions of losses and gains among n images that a score below some z makes, and how likely a null hypothesis falls into them.</summary>
/// <remarks>The null hypotheses have P(loss) = P(gain) + ε; <see cref="PairedDropTest"/> says why those are enough.</remarks>
internal sealed class DropContour(int samples, double epsilon)
{
    private const int MostHalvings = 14;

    /// <summary>Number of images n.</summary>
    public int Samples { get; } = samples;

    /// <summary>The most losses for each number of gains with a score of at most z: the largest never-falling curve below the score's contour.</summary>
    /// <remarks>That it never falls is what makes the proof of the size hold, whatever the score does.</remarks>
    public int[] Curve(double z)
    {
        int[] curve = new int[Samples + 1];
        int losses = -1;
        for (int gains = 0; gains <= Samples; gains++)
        {
            while (losses + 1 + gains <= Samples && DropScore.Of(Samples, losses + 1, gains, epsilon) <= z)
                losses++;

            curve[gains] = losses;
        }

        return curve;
    }

    /// <summary>Whether no null hypothesis of a grid falls below the curve with a probability above a level.</summary>
    public bool IsSmallOnGrid(int[] curve, double level)
    {
        const int gridSize = 100;
        for (int k = 0; k <= gridSize; k++)
        {
            double gain = GainRate((double)k / gridSize);
            if (TrinomialRegion.Probability(curve, Samples, LossRate(gain), gain) > level)
                return false;
        }

        return true;
    }

    /// <summary>Whether no null hypothesis at all falls below the curve with a probability above δ, by a bound over intervals of P(gain).</summary>
    public bool SizeIsAtMost(int[] curve, double delta)
    {
        const int intervals = 64;
        for (int i = 0; i < intervals; i++)
        {
            if (!Bounded((double)i / intervals, (i + 1.0) / intervals, MostHalvings))
                return false;
        }

        return true;

        bool Bounded(double from, double to, int halvings)
        {
            if (TrinomialRegion.Probability(curve, Samples, LossRate(GainRate(from)), GainRate(to)) <= delta)
                return true;
            if (halvings == 0)
                return false;

            double middle = 0.5 * (from + to);
            return Bounded(from, middle, halvings - 1) && Bounded(middle, to, halvings - 1);
        }
    }

    // Maps [0, 1] to the nuisance parameter's range [max(0, −ε), (1 − ε) / 2], in equal steps of the standard deviation √(2b + ε).
    private double GainRate(double u)
    {
        double low = Math.Sqrt(Math.Abs(epsilon));
        double deviation = low + (u * (1 - low));
        return Math.Max(Math.Max(0, -epsilon), 0.5 * ((deviation * deviation) - epsilon));
    }

    private double LossRate(double gainRate) => Math.Max(0, gainRate + epsilon);
}
