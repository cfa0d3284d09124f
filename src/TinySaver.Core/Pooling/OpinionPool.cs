using TinySaver.Core.Confidence;

namespace TinySaver.Core.Pooling;

/// <summary>What several models say of one image together: the softmax of the weighted sum of their log class probabilities.</summary>
/// <remarks>
/// A logarithmic opinion pool (Genest and Zidek 1986, Statistical Science 1: 114). With all weight on one model it says what that model's
/// <see cref="Evidence"/> says. Everything is summed in the order in which it was added, in double precision: the same evidence makes the
/// same answer everywhere.
/// </remarks>
/// <param name="classCount">The number of all classes, at least 2.</param>
public sealed class OpinionPool(int classCount)
{
    // No model is so sure that it could outvote all others by itself, least of all one whose softmax has underflowed to 0.
    private const double LeastProbability = 1e-9;

    private readonly List<int> _classes = new(2 * Evidence.MostClasses);
    private readonly List<double> _scores = new(2 * Evidence.MostClasses);

    // The score of each class that nobody listed.
    private double _rest;

    /// <summary>The log probability that evidence gives to a class which it lists with a probability, or to each of the classes that it does not list.</summary>
    public static double Log(float probability) => Math.Log(Math.Max(probability, LeastProbability));

    /// <summary>The probability that evidence leaves to each class which it does not list: an even share of the rest, at most the least that is listed.</summary>
    public static float Rest(ReadOnlySpan<float> probabilities, int classCount)
    {
        double listed = 0;
        float least = 1;
        foreach (float p in probabilities)
        {
            listed += p;
            least = Math.Min(least, p);
        }

        // A confidence that is recorded without its distribution may leave more to the others than to the likeliest class.
        return classCount == probabilities.Length ? least : (float)Math.Clamp((1 - listed) / (classCount - probabilities.Length), 0, least);
    }

    /// <summary>Forgets all evidence, for the next image.</summary>
    public void Clear()
    {
        _classes.Clear();
        _scores.Clear();
        _rest = 0;
    }

    /// <summary>Adds what a model says.</summary>
    /// <param name="classes">The listed classes, none twice.</param>
    /// <param name="probabilities">Their probabilities.</param>
    /// <param name="weight">The model's weight, at least 0.</param>
    public void Add(ReadOnlySpan<int> classes, ReadOnlySpan<float> probabilities, double weight)
    {
        double rest = weight * Log(Rest(probabilities, classCount));
        for (int known = 0; known < _scores.Count; known++)
            _scores[known] += rest;

        for (int i = 0; i < classes.Length; i++)
        {
            int known = _classes.IndexOf(classes[i]);
            double score = weight * Log(probabilities[i]);
            if (known >= 0)
            {
                _scores[known] += score - rest;
                continue;
            }

            _classes.Add(classes[i]);
            _scores.Add(_rest + score);
        }

        _rest += rest;
    }

    /// <inheritdoc cref="Add(ReadOnlySpan{int}, ReadOnlySpan{float}, double)"/>
    public void Add(Evidence evidence, double weight) => Add(evidence.Classes, evidence.Probabilities, weight);

    /// <summary>The likeliest class; of equal ones the lowest index, as everywhere.</summary>
    public int ClassIndex => _classes[Best()];

    /// <summary>The confidence of the pooled answer in [0, 1].</summary>
    public float Confidence(ConfidenceMeasure measure)
    {
        double top = _scores[Best()];
        double sum = Sum(top);
        int others = classCount - _classes.Count;
        double confidence = measure switch
        {
            ConfidenceMeasure.MaxProbability => 1 / sum,
            ConfidenceMeasure.Margin => (1 - Math.Exp(Second() - top)) / sum,
            ConfidenceMeasure.Entropy => 1 - (Entropy(top, sum, others) / Math.Log(classCount)),
            _ => throw new ArgumentOutOfRangeException(nameof(measure), measure, "Not a defined confidence measure."),
        };
        return (float)Math.Clamp(confidence, 0, 1);
    }

    /// <summary>The likeliest of the listed classes with their pooled probabilities, likeliest first; of equal ones the lowest index first.</summary>
    public IReadOnlyList<(int ClassIndex, float Probability)> Likeliest(int most)
    {
        double top = _scores[Best()];
        double sum = Sum(top);
        return [.. _classes.Zip(_scores).OrderByDescending(c => c.Second).ThenBy(c => c.First).Take(most)
            .Select(c => (c.First, (float)(Math.Exp(c.Second - top) / sum)))];
    }

    private int Best()
    {
        int best = 0;
        for (int i = 1; i < _scores.Count; i++)
        {
            if (_scores[i] > _scores[best] || (_scores[i] == _scores[best] && _classes[i] < _classes[best]))
                best = i;
        }

        return best;
    }

    private double Second()
    {
        int best = Best();
        double second = _classes.Count < classCount ? _rest : double.NegativeInfinity;
        for (int i = 0; i < _scores.Count; i++)
        {
            if (i != best)
                second = Math.Max(second, _scores[i]);
        }

        return second;
    }

    // Σ exp(s − top) over all classes: at least 1.
    private double Sum(double top)
    {
        double sum = (classCount - _classes.Count) * Math.Exp(_rest - top);
        foreach (double score in _scores)
            sum += Math.Exp(score - top);

        return sum;
    }

    // H = ln Σ − Σ p (s − top)
    private double Entropy(double top, double sum, int others)
    {
        double mean = others == 0 ? 0 : others * Math.Exp(_rest - top) / sum * (_rest - top);
        foreach (double score in _scores)
            mean += Math.Exp(score - top) / sum * (score - top);

        return Math.Log(sum) - mean;
    }
}
