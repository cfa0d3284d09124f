using TinySaver.Core.Pooling;

namespace TinySaver.Calibration.Pooling;

/// <summary>The log-likelihood of true classes as a function of a pool's weights, with its derivatives.</summary>
internal sealed class PoolLikelihood
{
    private readonly Image[] _images;

    /// <summary>Lays out the log probabilities of some images.</summary>
    public PoolLikelihood(IReadOnlyList<EvidenceTable> models, ReadOnlySpan<int> labels, IReadOnlyList<int> rows)
    {
        Models = models.Count;
        _images = new Image[rows.Count];
        for (int i = 0; i < _images.Length; i++)
            _images[i] = Image.Of(models, rows[i], labels[rows[i]]);
    }

    /// <summary>The number of models.</summary>
    public int Models { get; }

    /// <summary>The log-likelihood in nats, its gradient, and the negative of its second derivatives.</summary>
    public (double Value, double[] Gradient, double[,] Curvature) At(double[] weights)
    {
        double value = 0;
        double[] gradient = new double[Models];
        double[,] curvature = new double[Models, Models];
        double[] mean = new double[Models];
        foreach (Image image in _images)
        {
            double[] shares = image.Shares(weights, out double logSum);
            value += image.Score(image.Truth, weights) - logSum;
            for (int m = 0; m < Models; m++)
            {
                mean[m] = 0;
                for (int c = 0; c < shares.Length; c++)
                    mean[m] += shares[c] * image.Logs[(c * Models) + m];

                gradient[m] += image.Logs[(image.Truth * Models) + m] - mean[m];
            }

            // The covariance of the models' log probabilities under the pool.
            for (int a = 0; a < Models; a++)
            {
                for (int b = a; b < Models; b++)
                {
                    double sum = -mean[a] * mean[b];
                    for (int c = 0; c < shares.Length; c++)
                        sum += shares[c] * image.Logs[(c * Models) + a] * image.Logs[(c * Models) + b];

                    curvature[a, b] += sum;
                    curvature[b, a] = curvature[a, b];
                }
            }
        }

        return (value, gradient, curvature);
    }

    /// <summary>One image: the models' log probabilities of each class that any lists, then of each of the others, which are alike.</summary>
    /// <param name="Logs">Class by class, one number a model.</param>
    /// <param name="Others">How many classes nobody lists.</param>
    /// <param name="Truth">The place of the true class.</param>
    private sealed record Image(double[] Logs, int Others, int Truth)
    {
        private int Models { get; init; }

        public static Image Of(IReadOnlyList<EvidenceTable> models, int row, int label)
        {
            var classes = new List<int>();
            foreach (EvidenceTable model in models)
            {
                foreach (int c in model.Classes(row))
                {
                    if (!classes.Contains(c))
                        classes.Add(c);
                }
            }

            double[] logs = new double[(classes.Count + 1) * models.Count];
            for (int m = 0; m < models.Count; m++)
            {
                ReadOnlySpan<int> listed = models[m].Classes(row);
                ReadOnlySpan<float> probabilities = models[m].ProbabilitiesOf(row);
                double rest = OpinionPool.Log(OpinionPool.Rest(probabilities, models[m].ClassCount));
                for (int c = 0; c <= classes.Count; c++)
                {
                    int at = c < classes.Count ? listed.IndexOf(classes[c]) : -1;
                    logs[(c * models.Count) + m] = at < 0 ? rest : OpinionPool.Log(probabilities[at]);
                }
            }

            int truth = classes.IndexOf(label);
            return new Image(logs, models[^1].ClassCount - classes.Count, truth < 0 ? classes.Count : truth) { Models = models.Count };
        }

        public double Score(int place, double[] weights)
        {
            double score = 0;
            for (int m = 0; m < Models; m++)
                score += weights[m] * Logs[(place * Models) + m];

            return score;
        }

        /// <summary>The pooled probability of each place; that of the others is theirs together.</summary>
        public double[] Shares(double[] weights, out double logSum)
        {
            double[] shares = new double[Logs.Length / Models];
            for (int c = 0; c < shares.Length; c++)
                shares[c] = Score(c, weights);

            double top = shares.Max();
            double sum = 0;
            for (int c = 0; c < shares.Length; c++)
            {
                shares[c] = Math.Exp(shares[c] - top) * (c < shares.Length - 1 ? 1 : Others);
                sum += shares[c];
            }

            for (int c = 0; c < shares.Length; c++)
                shares[c] /= sum;

            logSum = top + Math.Log(sum);
            return shares;
        }
    }
}
