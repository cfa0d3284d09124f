using TinySaver.Calibration.Evaluation;
using TinySaver.Calibration.Search;
using TinySaver.Core.Confidence;

namespace TinySaver.Reports.Tests;

/// <summary>Seeded predictions of models that know easy images better than hard ones, some classes better than others, and claim too much.</summary>
internal sealed class SyntheticPredictions
{
    public static readonly string[] Labels = ["none", "crazing", "inclusion", "patches", "pits", "rolled-in-scale", "scratches"];

    private const double LargeSkill = 8;

    // The harder a class, the more the savers lose on it.
    private static readonly double[] ClassHardness = [0, 0.05, 0.12, 0.02, 0.22, 0.1, 0.06];

    public SyntheticPredictions(int samples, int seed, IReadOnlyList<(string Name, double Skill, double Cost)> savers)
    {
        var random = new Random(seed);
        Truth = new int[samples];
        Large = new int[samples];
        LargeProbabilities = new float[samples];
        Savers = [.. savers.Select(s => new Saver(s.Name, s.Cost, new int[samples], new float[samples], new float[samples]))];
        for (int i = 0; i < samples; i++)
        {
            int truth = Truth[i] = random.Next(Labels.Length);
            double hardness = random.NextDouble() + ClassHardness[truth];
            double shared = random.NextDouble();
            (Large[i], LargeProbabilities[i]) = Answer(LargeSkill, hardness, shared, truth, random);
            for (int s = 0; s < savers.Count; s++)
            {
                double own = random.NextDouble() < 0.6 ? shared : random.NextDouble();
                (int answer, float probability) = Answer(savers[s].Skill, hardness, own, truth, random);
                Savers[s].Classes[i] = answer;
                Savers[s].Probabilities[i] = probability;

                // As if all other classes shared the rest but for a little noise.
                double others = (1 - probability) * (0.6 + (0.4 * random.NextDouble()));
                Savers[s].Margins[i] = (float)Math.Max(0, probability - others);
            }
        }
    }

    public int[] Truth { get; }

    public int[] Large { get; }

    public float[] LargeProbabilities { get; }

    public IReadOnlyList<Saver> Savers { get; }

    public SearchInput ToSearch(string large, bool labelled) => new(
        new ModelPredictions(large, 1, Large),
        [.. Savers.Select(s => new SaverPredictions(
            s.Name,
            s.Cost,
            s.Classes,
            [
                new ConfidenceColumn(ConfidenceMeasure.MaxProbability, 1, s.Probabilities),
                new ConfidenceColumn(ConfidenceMeasure.Margin, 1, s.Margins),
            ]))],
        labelled ? Truth : default);

    public EvaluationResult Evaluate(SearchResult search)
    {
        CascadeChoice choice = search.Choice ?? throw new InvalidOperationException("The search found no cascade to evaluate.");
        Certificate? certificate = choice.Certificate;
        return CascadeEvaluation.Run(new EvaluationInput(
            [.. choice.Savers.Select(stage =>
            {
                Saver saver = Savers.Single(s => s.Name == stage.Saver);
                float[] confidences = stage.Measure == ConfidenceMeasure.Margin ? saver.Margins : saver.Probabilities;
                return new EvaluatedSaver(stage.Saver, new ReplaySaver(saver.Classes, confidences, stage.Threshold, stage.CostRatio), saver.Probabilities);
            })],
            Large,
            LargeProbabilities,
            search.Labelled ? Truth : default,
            certificate is null ? null : new(certificate.Risk, certificate.Epsilon, certificate.Delta)));
    }

    private static (int Answer, float Probability) Answer(double skill, double hardness, double draw, int truth, Random random)
    {
        double evidence = skill - (6 * hardness);
        bool right = draw < Logistic(evidence);
        double claimed = Logistic((1.3 * evidence) + (0.8 * ((2 * random.NextDouble()) - 1)));
        int answer = right ? truth : (truth + 1 + random.Next(Labels.Length - 1)) % Labels.Length;
        return (answer, (float)Math.Max(claimed, 1.01 / Labels.Length));
    }

    private static double Logistic(double x) => 1 / (1 + Math.Exp(-x));

    internal sealed record Saver(string Name, double Cost, int[] Classes, float[] Probabilities, float[] Margins);
}
