using System.Text.Json.Serialization;
using TinySaver.Calibration.Guarantees;
using TinySaver.Core.Cascade;

namespace TinySaver.Calibration.Evaluation;

/// <summary>What a cascade does on a set of images: accuracy, exits and compute. Accuracies are null where labels are unknown.</summary>
/// <param name="Samples">Number of images.</param>
/// <param name="AccuracyLarge">Share that the large model alone has right.</param>
/// <param name="AccuracyCascade">Share that the cascade has right.</param>
/// <param name="AccuracyDrop">AccuracyLarge − AccuracyCascade; below 0 where the cascade is better.</param>
/// <param name="Agreement">Share on which the cascade answers what the large model does.</param>
/// <param name="ExitRate">Share that exits at a saver.</param>
/// <param name="DeltaC">ΔC, the relative change of compute: −0.8 saves 80 %.</param>
/// <param name="Exited">Number of images that exit at a saver.</param>
/// <param name="Losses">Images that only the large model has right.</param>
/// <param name="Gains">Images that only the cascade has right.</param>
/// <param name="Disagreements">Images on which the two differ.</param>
/// <param name="ExitedAccuracySaver">Share of the exited images that the savers have right; null also where nothing exits.</param>
/// <param name="ExitedAccuracyLarge">Share of the exited images that the large model has right; likewise.</param>
public sealed record OperatingPoint(
    int Samples, double? AccuracyLarge, double? AccuracyCascade, double? AccuracyDrop, double Agreement, double ExitRate, double DeltaC,
    int Exited, int Losses, int Gains, int Disagreements, double? ExitedAccuracySaver, double? ExitedAccuracyLarge)
{
    /// <summary>How cascade and large model differ.</summary>
    [JsonIgnore]
    public Differences Differences => new(Losses, Gains, Disagreements);

    /// <summary>The point as a policy records it.</summary>
    /// <param name="accuracySaver">Accuracy of the first saver alone; null where unknown.</param>
    public PolicyMeasurement Measured(double? accuracySaver) =>
        new(Samples, accuracySaver, AccuracyLarge, AccuracyCascade, AccuracyDrop, Disagreement: 1 - Agreement, ExitRate, DeltaC);

    /// <summary>The point of a cascade that was replayed.</summary>
    /// <param name="replay">The replay.</param>
    /// <param name="large">The large model's class of every image.</param>
    /// <param name="labels">True class of every image, or empty.</param>
    public static OperatingPoint Of(CascadeReplay replay, ReadOnlySpan<int> large, ReadOnlySpan<int> labels)
    {
        int exited = 0, losses = 0, gains = 0, disagreements = 0, largeCorrect = 0, exitedSaver = 0, exitedLarge = 0;
        ReadOnlySpan<int> answers = replay.Answers;
        for (int i = 0; i < large.Length; i++)
        {
            bool exits = replay.Exits(i);
            exited += exits ? 1 : 0;
            disagreements += answers[i] != large[i] ? 1 : 0;
            if (labels.IsEmpty)
                continue;

            bool cascadeRight = answers[i] == labels[i];
            bool largeRight = large[i] == labels[i];
            largeCorrect += largeRight ? 1 : 0;
            losses += largeRight && !cascadeRight ? 1 : 0;
            gains += cascadeRight && !largeRight ? 1 : 0;
            exitedSaver += exits && cascadeRight ? 1 : 0;
            exitedLarge += exits && largeRight ? 1 : 0;
        }

        return Of(
            large.Length, labels.IsEmpty ? null : largeCorrect, exited, new Differences(losses, gains, disagreements), exitedSaver, exitedLarge, replay.DeltaC);
    }

    /// <summary>The point that counts make.</summary>
    internal static OperatingPoint Of(
        int samples, int? largeCorrect, int exited, Differences found, int exitedSaver, int exitedLarge, double deltaC)
    {
        double n = samples;
        bool labelled = largeCorrect is not null;
        return new OperatingPoint(
            samples,
            largeCorrect / n,
            (largeCorrect - found.Losses + found.Gains) / n,
            labelled ? (found.Losses - found.Gains) / n : null,
            1 - (found.Disagreements / n),
            exited / n,
            deltaC,
            exited,
            found.Losses,
            found.Gains,
            found.Disagreements,
            labelled && exited > 0 ? exitedSaver / (double)exited : null,
            labelled && exited > 0 ? exitedLarge / (double)exited : null);
    }
}
