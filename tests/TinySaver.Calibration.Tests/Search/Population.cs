using TinySaver.Calibration.Search;
using TinySaver.Core.Cascade;
using TinySaver.Core.Confidence;

namespace TinySaver.Calibration.Tests.Search;

/// <summary>
/// A population of images whose every probability is known, so that a cascade's true drop can be computed and not only estimated.
/// </summary>
/// <remarks>
/// Each image has a difficulty (one of <see cref="Levels"/>, equally likely) and each confidence column a noise of one of five values. Confidence is
/// a function of both; whether saver and large model are right depends on difficulty alone. A model is right where a uniform number is
/// below its probability; with probability ρ both models use the same number, so their errors overlap as real models' do. A saver that is
/// wrong with the large model is wrong with the same class in half the cases.
/// </remarks>
internal sealed class Population(double large, double[] skills, double[] costs, double[] noises, double slope = 6, double sharedErrors = 0.6)
{
    private const int Levels = 400;
    private static readonly double[] NoiseSteps = [-1.6, -0.7, 0, 0.7, 1.6];

    // Computed once: a simulation asks for them some hundred thousand times a draw.
    private readonly double[] _largeRight = [.. Enumerable.Range(0, Levels).Select(level => Right(large, slope, level))];
    private readonly double[][] _right = [.. skills.Select(skill => Enumerable.Range(0, Levels).Select(level => Right(skill, slope, level)).ToArray())];
    private readonly float[][][] _confidences =
    [
        .. skills.Select(skill => noises.Select(noise => Enumerable.Range(0, Levels * NoiseSteps.Length)
            .Select(i => Confidence(skill, slope, noise, i / NoiseSteps.Length, i % NoiseSteps.Length)).ToArray()).ToArray()),
    ];

    public int Savers => skills.Length;

    /// <summary>A draw of images with every saver's confidences under as many measures as there are noises.</summary>
    public SearchInput Draw(int samples, int seed, bool labelled = true)
    {
        var random = new Random(seed);
        int[] labels = new int[samples];
        int[] largeClasses = new int[samples];
        int[][] classes = skills.Select(_ => new int[samples]).ToArray();
        float[][][] confidences = skills.Select(_ => noises.Select(_ => new float[samples]).ToArray()).ToArray();
        for (int i = 0; i < samples; i++)
        {
            int level = random.Next(Levels);
            double shared = random.NextDouble();
            labels[i] = random.Next(10);
            largeClasses[i] = shared < _largeRight[level] ? labels[i] : (labels[i] + 1) % 10;
            for (int s = 0; s < skills.Length; s++)
            {
                double own = random.NextDouble() < sharedErrors ? shared : random.NextDouble();
                int wrong = random.NextDouble() < 0.5 ? 1 : 2;
                classes[s][i] = own < _right[s][level] ? labels[i] : (labels[i] + wrong) % 10;
                for (int m = 0; m < noises.Length; m++)
                    confidences[s][m][i] = _confidences[s][m][(level * NoiseSteps.Length) + random.Next(NoiseSteps.Length)];
            }
        }

        return new SearchInput(
            new ModelPredictions("large", 1, largeClasses),
            [.. skills.Select((_, s) => new SaverPredictions(Name(s), costs[s], classes[s],
                [.. noises.Select((_, m) => new ConfidenceColumn((ConfidenceMeasure)m, 1, confidences[s][m]))]))],
            labelled ? labels : default);
    }

    /// <summary>The true accuracy drop of a cascade, exactly.</summary>
    public double TrueDrop(IReadOnlyList<SaverSetting> stages) => Expectation(stages, (s, level) => _largeRight[level] - _right[s][level]);

    /// <summary>The true disagreement with the large model, exactly.</summary>
    public double TrueDisagreement(IReadOnlyList<SaverSetting> stages) => Expectation(stages, (s, level) => 1 - Agreement(s, level));

    /// <summary>The true ΔC, exactly.</summary>
    public double TrueDeltaC(IReadOnlyList<SaverSetting> stages)
    {
        double cost = 0;
        for (int k = 0; k < stages.Count; k++)
        {
            IReadOnlyList<SaverSetting> before = [.. stages.Take(k)];
            cost += stages[k].CostRatio * (1 - Expectation(before, (_, _) => 1));
        }

        return cost - Expectation(stages, (_, _) => 1);
    }

    // Sums over difficulties and, for each stage, over its noise: stages decide independently given the difficulty.
    private double Expectation(IReadOnlyList<SaverSetting> stages, Func<int, int, double> value)
    {
        double sum = 0;
        for (int level = 0; level < Levels; level++)
        {
            double waiting = 1;
            foreach (SaverSetting stage in stages)
            {
                int s = int.Parse(stage.Saver.AsSpan(1), System.Globalization.CultureInfo.InvariantCulture);
                double exits = 0;
                for (int noise = 0; noise < NoiseSteps.Length; noise++)
                    exits += ExitDecision.Exits(_confidences[s][(int)stage.Measure][(level * NoiseSteps.Length) + noise], stage.Threshold) ? 1.0 / NoiseSteps.Length : 0;

                sum += waiting * exits * value(s, level);
                waiting *= 1 - exits;
            }
        }

        return sum / Levels;
    }

    private static string Name(int saver) => $"s{saver}";

    private static double Right(double skill, double slope, int level) => Logistic(skill - (slope * Hardness(level)));

    // Both right, both wrong with the same class: see the remarks.
    private double Agreement(int s, int level)
    {
        double p = _largeRight[level], q = _right[s][level];
        double bothRight = (sharedErrors * Math.Min(p, q)) + ((1 - sharedErrors) * p * q);
        double bothWrong = (sharedErrors * (1 - Math.Max(p, q))) + ((1 - sharedErrors) * (1 - p) * (1 - q));
        return bothRight + (0.5 * bothWrong);
    }

    // Overconfident, as trained networks are: most confidences lie above 0.99.
    private static float Confidence(double skill, double slope, double noise, int level, int step) =>
        (float)Logistic((1.5 * (skill - (slope * Hardness(level)))) + (noise * NoiseSteps[step]));

    private static double Hardness(int level) => (level + 0.5) / Levels;

    private static double Logistic(double x) => 1 / (1 + Math.Exp(-x));
}
