using System.Text.Json.Serialization;
using TinySaver.Calibration.Guarantees;
using TinySaver.Calibration.Sweeps;
using TinySaver.Core.Cascade;

namespace TinySaver.Calibration.Evaluation;

/// <summary>What a cascade does on a set of images: accuracy, exits and compute. Accuracies are null unless the labels of all images are known.</summary>
/// <param name="Samples">Number of images.</param>
/// <param name="AccuracyLarge">Share that the large model alone has right.</param>
/// <param name="AccuracyCascade">Share that the cascade has right.</param>
/// <param name="AccuracyDrop">
/// AccuracyLarge − AccuracyCascade; below 0 where the cascade is better; where images are <paramref name="Unlabelled"/>, the most that it can be; null without any label.
/// </param>
/// <param name="Agreement">Share on which the cascade answers what the large model does.</param>
/// <param name="ExitRate">Share that exits at a saver.</param>
/// <param name="DeltaC">ΔC, the relative change of compute: −0.8 saves 80 %.</param>
/// <param name="Exited">Number of images that exit at a saver.</param>
/// <param name="Losses">Images that only the large model has right.</param>
/// <param name="Gains">Images that only the cascade has right.</param>
/// <param name="Disagreements">Images on which the two differ.</param>
/// <param name="Unlabelled">Of those, images whose true class is unknown though others are known; each counts as a loss.</param>
/// <param name="ExitedAccuracySaver">Share of the exited images that the savers have right; null also where nothing exits.</param>
/// <param name="ExitedAccuracyLarge">Share of the exited images that the large model has right; likewise.</param>
public sealed record OperatingPoint(
    int Samples, double? AccuracyLarge, double? AccuracyCascade, double? AccuracyDrop, double Agreement, double ExitRate, double DeltaC,
    int Exited, int Losses, int Gains, int Disagreements, int Unlabelled, double? ExitedAccuracySaver, double? ExitedAccuracyLarge)
{
    /// <summary>How cascade and large model differ.</summary>
    [JsonIgnore]
    public Differences Differences => new(Losses, Gains, Disagreements, Unlabelled);

    /// <summary>The point as a policy records it.</summary>
    /// <param name="accuracySaver">Accuracy of the first saver alone; null where unknown.</param>
    public PolicyMeasurement Measured(double? accuracySaver) =>
        new(Samples, accuracySaver, AccuracyLarge, AccuracyCascade, AccuracyDrop, Disagreement: 1 - Agreement, ExitRate, DeltaC);

    /// <summary>The point of a cascade that was replayed.</summary>
    /// <param name="replay">The replay.</param>
    /// <param name="large">The large model's class of every image.</param>
    /// <param name="labels">True class of every image, −1 where unknown; or empty.</param>
    public static OperatingPoint Of(CascadeReplay replay, ReadOnlySpan<int> large, ReadOnlySpan<int> labels)
    {
        PairedOutcome[] outcomes = PairedOutcomes.Compare(labels, replay.Answers, large);
        int exited = 0, largeCorrect = 0, exitedSaver = 0, exitedLarge = 0;
        for (int i = 0; i < outcomes.Length; i++)
        {
            int right = (outcomes[i] & PairedOutcome.SaverCorrect) != 0 ? 1 : 0;
            int largeRight = (outcomes[i] & PairedOutcome.LargeCorrect) != 0 ? 1 : 0;
            largeCorrect += largeRight;
            if (!replay.Exits(i))
                continue;

            exited++;
            exitedSaver += right;
            exitedLarge += largeRight;
        }

        return Of(large.Length, Labellings.Of(labels), largeCorrect, exited, PairedOutcomes.Sum(outcomes), exitedSaver, exitedLarge, replay.DeltaC);
    }

    /// <summary>The point that counts make.</summary>
    internal static OperatingPoint Of(
        int samples, Labelling labelling, int largeCorrect, int exited, Differences found, int exitedSaver, int exitedLarge, double deltaC)
    {
        double n = samples;
        bool all = labelling == Labelling.All;
        return new OperatingPoint(
            samples,
            all ? largeCorrect / n : null,
            all ? (largeCorrect - found.NetLosses) / n : null,
            labelling == Labelling.None ? null : found.NetLosses / n,
            1 - (found.Disagreements / n),
            exited / n,
            deltaC,
            exited,
            found.Losses,
            found.Gains,
            found.Disagreements,
            found.Unlabelled,
            all && exited > 0 ? exitedSaver / (double)exited : null,
            all && exited > 0 ? exitedLarge / (double)exited : null);
    }
}
