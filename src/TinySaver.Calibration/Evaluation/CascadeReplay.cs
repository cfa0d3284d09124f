using TinySaver.Core.Cascade;

namespace TinySaver.Calibration.Evaluation;

/// <summary>What a cascade of one or more savers answers on images whose predictions were recorded.</summary>
public sealed class CascadeReplay
{
    private readonly int[] _answers;
    private readonly int[] _decidedBy;

    private CascadeReplay(int[] answers, int[] decidedBy, int savers, double deltaC) =>
        (_answers, _decidedBy, Savers, DeltaC) = (answers, decidedBy, savers, deltaC);

    /// <summary>Number of savers.</summary>
    public int Savers { get; }

    /// <summary>The cascade's class of every image.</summary>
    public ReadOnlySpan<int> Answers => _answers;

    /// <summary>Who answered each image: 0 for the first saver, and the number of savers for the large model.</summary>
    public ReadOnlySpan<int> DecidedBy => _decidedBy;

    /// <summary>ΔC: what the savers cost on the images that reach them, as a share of the large model's cost on all, less the exit rate.</summary>
    public double DeltaC { get; }

    /// <summary>Whether an image exits at a saver.</summary>
    public bool Exits(int image) => _decidedBy[image] < Savers;

    /// <summary>Runs every image through the savers in order: it exits at the first whose confidence reaches its threshold.</summary>
    /// <param name="savers">The savers in order.</param>
    /// <param name="escalated">The class that every image gets if it is escalated: the large model's, or what it says together with the savers.</param>
    /// <exception cref="ArgumentException">The savers cover other numbers of images.</exception>
    public static CascadeReplay Run(IReadOnlyList<ReplaySaver> savers, ReadOnlySpan<int> escalated)
    {
        foreach (ReplaySaver saver in savers)
        {
            if (saver.Classes.Length != escalated.Length || saver.Confidences.Length != escalated.Length)
                throw new ArgumentException($"A saver has {saver.Classes.Length} predictions and {saver.Confidences.Length} confidences for {escalated.Length} images.");
        }

        int[] answers = escalated.ToArray();
        int[] decidedBy = new int[answers.Length];
        Array.Fill(decidedBy, savers.Count);
        int waiting = answers.Length;
        double cost = 0;
        for (int s = 0; s < savers.Count; s++)
        {
            cost += waiting * savers[s].CostRatio;
            ReadOnlySpan<int> classes = savers[s].Classes.Span;
            ReadOnlySpan<float> confidences = savers[s].Confidences.Span;
            for (int i = 0; i < answers.Length; i++)
            {
                if (decidedBy[i] == savers.Count && ExitDecision.Exits(confidences[i], savers[s].Threshold))
                {
                    (decidedBy[i], answers[i]) = (s, classes[i]);
                    waiting--;
                }
            }
        }

        double exited = answers.Length - waiting;
        return new CascadeReplay(answers, decidedBy, savers.Count, answers.Length == 0 ? 0 : (cost - exited) / answers.Length);
    }
}

/// <summary>One saver of a cascade with its recorded answers.</summary>
/// <param name="Classes">The saver's class of every image.</param>
/// <param name="Confidences">The saver's confidence on every image, under the cascade's measure and temperature.</param>
/// <param name="Threshold">The exit threshold.</param>
/// <param name="CostRatio">Cost of one image at this saver as a share of the large model's.</param>
public sealed record ReplaySaver(ReadOnlyMemory<int> Classes, ReadOnlyMemory<float> Confidences, double Threshold, double CostRatio);
