using TinySaver.Calibration.Guarantees;

namespace TinySaver.Calibration.Search;

/// <summary>What counts on the images that select would mean on those that certify. Only ranks; guarantees nothing.</summary>
internal static class Projection
{
    /// <summary>Whether the same shares of losses, gains and disagreements would certify.</summary>
    public static bool Certifies(RiskTest test, int samples, int losses, int gains, int disagreements)
    {
        double scale = (double)test.Samples / samples;

        // Losses round up and gains down: a projection that errs, errs towards a candidate that keeps its promise.
        int scaledLosses = Math.Min(test.Samples, (int)Math.Ceiling(losses * scale));
        int scaledGains = Math.Min(test.Samples - scaledLosses, (int)(gains * scale));
        return test.Certifies(scaledLosses, scaledGains, Math.Min(test.Samples, (int)Math.Ceiling(disagreements * scale)));
    }

    /// <summary>How many standard deviations the risk lies above ε; lower is nearer to certification.</summary>
    public static double Score(RiskTest test, int samples, int losses, int gains, int disagreements)
    {
        double scale = (double)test.Samples / samples;
        return test.Limit.Risk == RiskKind.AccuracyDrop
            ? DropScore.Of(test.Samples, losses * scale, gains * scale, test.Limit.Epsilon)
            : DropScore.Of(test.Samples, disagreements * scale, 0, test.Limit.Epsilon);
    }
}
