namespace TinySaver.Calibration.Pooling;

/// <summary>Fits the weights of a pool to true classes.</summary>
/// <remarks>
/// The weights maximise the log-likelihood less <see cref="Shrinkage"/> times their squared distance from "the last model alone", so that few
/// images move them little. Likelihood is not accuracy: a weak model may raise the one and lower the other. So the earlier models' weights are
/// then scaled down to the share that gains most right answers on the same images, and nothing is pooled where the gain is not above what chance
/// makes of it. docs/calibration.md has the figures by which these were chosen. Fitting looks at outcomes: images that it sees must not certify.
/// </remarks>
public static class PoolFit
{
    /// <summary>The pull towards "the last model alone", in nats for a weight that is off by 1.</summary>
    public const double Shrinkage = 10;

    // The gain that counts, in standard deviations of the difference of two equally good models.
    private const double LeastGain = 1;

    // More images than these move the weights by nothing that shows.
    private const int MostRows = 5000;

    private const int MostSteps = 30;
    private const double Settled = 1e-4;

    private static readonly double[] Shares = [0.25, 0.5, 0.75, 1];

    /// <summary>The weights under which the last model answers better together with those before it; null where they do not make it better.</summary>
    /// <param name="models">The evidence of the models in their order, at least two; the last is the one that answers.</param>
    /// <param name="alone">The class that the last model answers by itself, for every image.</param>
    /// <param name="labels">The true class of every image.</param>
    /// <param name="rows">The images to fit on.</param>
    public static double[]? Fit(IReadOnlyList<EvidenceTable> models, ReadOnlySpan<int> alone, ReadOnlySpan<int> labels, IReadOnlyList<int> rows)
    {
        if (rows.Count == 0)
            return null;

        double[] likeliest = Maximise(new PoolLikelihood(models, labels, Some(rows)));
        double[]? best = null;
        double bestGain = LeastGain;
        foreach (double share in Shares)
        {
            double[] weights = [.. likeliest.Select((w, m) => m < likeliest.Length - 1 ? share * w : w)];
            double gain = Gain(models, weights, alone, labels, rows);

            // Of equal gains the smaller share, which changes less.
            if (weights.SkipLast(1).Any(w => w > 0) && gain >= bestGain && (best is null || gain > bestGain))
                (best, bestGain) = (weights, gain);
        }

        return best;
    }

    // Evenly over all rows: those of a data set that lies in folders are in the order of their classes.
    private static IReadOnlyList<int> Some(IReadOnlyList<int> rows) =>
        rows.Count <= MostRows ? rows : [.. Enumerable.Range(0, MostRows).Select(i => rows[(int)((long)i * rows.Count / MostRows)])];

    // Newton's method on what may move: a weight at 0 that would fall below stays there. The objective is concave.
    private static double[] Maximise(PoolLikelihood likelihood)
    {
        int models = likelihood.Models;
        double[] weights = new double[models];
        weights[^1] = 1;
        double[] start = [.. weights];
        for (int step = 0; step < MostSteps; step++)
        {
            (double value, double[] gradient, double[,] curvature) = Objective(weights);
            bool[] free = [.. weights.Select((w, m) => w > 0 || gradient[m] > 0)];
            double[] direction = NewtonStep(curvature, gradient, free);
            double length = 1;
            double[] next;
            do
            {
                next = [.. weights.Select((w, m) => Math.Max(0, w + (length * direction[m])))];
                length /= 2;
            }
            while (length > 1e-6 && Objective(next).Value < value);

            double moved = next.Zip(weights, (a, b) => Math.Abs(a - b)).Max();
            weights = next;
            if (moved < Settled)
                break;
        }

        return weights;

        (double Value, double[] Gradient, double[,] Curvature) Objective(double[] at)
        {
            (double value, double[] gradient, double[,] curvature) = likelihood.At(at);
            for (int m = 0; m < models; m++)
            {
                double off = at[m] - start[m];
                value -= Shrinkage * off * off;
                gradient[m] -= 2 * Shrinkage * off;
                curvature[m, m] += 2 * Shrinkage;
            }

            return (value, gradient, curvature);
        }
    }

    // Gaussian elimination; the matrix is positive definite, so no pivot is needed.
    private static double[] NewtonStep(double[,] curvature, double[] gradient, bool[] free)
    {
        int n = gradient.Length;
        double[,] a = (double[,])curvature.Clone();
        double[] x = [.. gradient];
        for (int i = 0; i < n; i++)
        {
            if (free[i])
                continue;

            for (int j = 0; j < n; j++)
                (a[i, j], a[j, i]) = (0, 0);

            (a[i, i], x[i]) = (1, 0);
        }

        for (int i = 0; i < n; i++)
        {
            for (int row = i + 1; row < n; row++)
            {
                double factor = a[row, i] / a[i, i];
                for (int j = i; j < n; j++)
                    a[row, j] -= factor * a[i, j];

                x[row] -= factor * x[i];
            }
        }

        for (int i = n - 1; i >= 0; i--)
        {
            for (int j = i + 1; j < n; j++)
                x[i] -= a[i, j] * x[j];

            x[i] /= a[i, i];
        }

        return x;
    }

    // Right answers won less lost, in standard deviations under "no difference".
    private static double Gain(
        IReadOnlyList<EvidenceTable> models, double[] weights, ReadOnlySpan<int> alone, ReadOnlySpan<int> labels, IReadOnlyList<int> rows)
    {
        int won = 0, lost = 0;
        var pool = new Core.Pooling.OpinionPool(models[^1].ClassCount);
        foreach (int row in rows)
        {
            pool.Clear();
            for (int m = 0; m < models.Count; m++)
                models[m].AddTo(pool, row, weights[m]);

            bool pooled = pool.ClassIndex == labels[row];
            bool before = alone[row] == labels[row];
            won += pooled && !before ? 1 : 0;
            lost += before && !pooled ? 1 : 0;
        }

        return won + lost == 0 ? 0 : (won - lost) / Math.Sqrt(won + lost);
    }
}
