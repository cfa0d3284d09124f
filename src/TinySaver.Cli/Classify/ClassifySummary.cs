using System.Text.Json.Serialization;
using TinySaver.Core.Failures;
using TinySaver.Core.Labels;
using TinySaver.Core.Names;
using TinySaver.Inference.Cascades;

namespace TinySaver.Cli.Classify;

/// <summary>The large model alone on the same images, for comparison.</summary>
/// <param name="cascade">What the cascade made of the images.</param>
/// <param name="alone">What the large model made of them, in the same order: two images may be called the same.</param>
/// <param name="seconds">The wall-clock seconds that it took.</param>
internal sealed class LargeOnlyRun(IReadOnlyList<ImageOutcome> cascade, IReadOnlyList<ImageOutcome> alone, double seconds)
{
    private readonly Dictionary<ImageOutcome, int?> _classes =
        new(cascade.Zip(alone, (one, other) => KeyValuePair.Create(one, other.Row.ClassIndex)), ReferenceEqualityComparer.Instance);

    /// <summary>Wall-clock seconds.</summary>
    public double Seconds => seconds;

    /// <summary>The large model's class for an image of the cascade's run; null where it has none.</summary>
    public int? ClassOf(ImageOutcome outcome) => _classes.GetValueOrDefault(outcome);
}

/// <summary>What a run over images came to; the object that <c>--json</c> prints. Rates and accuracies are shares in [0, 1].</summary>
/// <param name="Images">Images that were worked on: labelled or failed.</param>
/// <param name="LabelledByTiny">Images that a saver labelled.</param>
/// <param name="LabelledByLarge">Images that the large model labelled.</param>
/// <param name="Failed">Images that got no label.</param>
/// <param name="FailedByReason">The failed images by reason, ordered by its name.</param>
/// <param name="ExitRate">Images that exited at a saver, of those labelled; null where none was labelled.</param>
/// <param name="ImagesWithTrueClass">Images whose true class is known, of those labelled.</param>
/// <param name="Accuracy">The cascade's accuracy on them; null where there are none.</param>
/// <param name="TinyAccuracy">The savers' accuracy on them, had nothing been escalated: of a chain, that of the saver that was asked last for each image.</param>
/// <param name="LargeAccuracy">The large model's accuracy on them, with <c>--compare</c>.</param>
/// <param name="AgreementWithLarge">Images on which cascade and large model agree, of those labelled, with <c>--compare</c>.</param>
/// <param name="MacsPerImage">Multiply-accumulate operations an image, mean over the labelled.</param>
/// <param name="LargeMacsPerImage">Multiply-accumulate operations an image if the large model saw every one.</param>
/// <param name="ComputeChange">The relative change of compute against large-only; negative saves.</param>
/// <param name="Seconds">Wall-clock seconds, models loaded already.</param>
/// <param name="ImagesPerSecond">Images a wall-clock second.</param>
/// <param name="LargeOnlySeconds">Wall-clock seconds of the large model alone on the same images, with <c>--compare</c>.</param>
/// <param name="DecodeSeconds">Seconds spent reading and decoding, summed over threads.</param>
/// <param name="TinySeconds">Seconds spent in preprocessing and inference of the savers, summed over threads.</param>
/// <param name="LargeSeconds">Seconds spent in preprocessing and inference of the large model, summed over threads.</param>
/// <param name="Policy">The id of the policy.</param>
/// <param name="Labels">Where the labels were written; null where nobody asked.</param>
/// <param name="Cancelled">Whether the run was stopped before its end.</param>
/// <param name="SaverNames">The names of the models, for people.</param>
/// <param name="LargeName">The name of the large model, for people.</param>
internal sealed record ClassifySummary(
    int Images, int LabelledByTiny, int LabelledByLarge, int Failed, IReadOnlyDictionary<FailureReason, int> FailedByReason,
    double? ExitRate, int ImagesWithTrueClass, double? Accuracy, double? TinyAccuracy, double? LargeAccuracy, double? AgreementWithLarge,
    double? MacsPerImage, long LargeMacsPerImage, double? ComputeChange, double Seconds, double ImagesPerSecond, double? LargeOnlySeconds,
    double? DecodeSeconds, double? TinySeconds, double? LargeSeconds, string Policy, string? Labels, bool Cancelled,
    [property: JsonIgnore] string SaverNames, [property: JsonIgnore] string LargeName)
{
    /// <summary>Sums up a run.</summary>
    /// <param name="cascade">The cascade that ran.</param>
    /// <param name="outcomes">What became of the images.</param>
    /// <param name="seconds">Wall-clock seconds.</param>
    /// <param name="times">Where the time went; null where that was not measured.</param>
    /// <param name="largeOnly">The large model alone on the same images; null where it did not run.</param>
    /// <param name="cancelled">Whether the run was stopped before its end.</param>
    public static ClassifySummary Of(
        Cascade cascade, IReadOnlyList<ImageOutcome> outcomes, double seconds, ClassifyTimes? times, LargeOnlyRun? largeOnly, bool cancelled)
    {
        ImageOutcome[] labelled = [.. outcomes.Where(o => o.IsLabelled)];
        ImageOutcome[] known = [.. labelled.Where(o => o.TrueClass is not null)];
        int exits = labelled.Count(o => o.Row.DecidedBy == Decider.Tiny);
        double? macs = labelled.Length == 0 ? null : labelled.Average(o => (double)o.Macs);
        return new(
            Images: outcomes.Count,
            LabelledByTiny: exits,
            LabelledByLarge: labelled.Length - exits,
            Failed: outcomes.Count - labelled.Length,
            FailedByReason: outcomes.Where(o => !o.IsLabelled).GroupBy(o => o.Row.Reason ?? FailureReason.Unknown).OrderBy(g => g.Key.Name(), StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Count()),
            ExitRate: Share(exits, labelled.Length),
            ImagesWithTrueClass: known.Length,
            Accuracy: Share(known.Count(o => o.Row.ClassIndex == o.TrueClass), known.Length),
            TinyAccuracy: cascade.Savers.Count == 0 ? null : Share(known.Count(o => o.Row.TinyClassIndex == o.TrueClass), known.Length),
            LargeAccuracy: largeOnly is null ? null : Share(known.Count(o => largeOnly.ClassOf(o) == o.TrueClass), known.Length),
            AgreementWithLarge: largeOnly is null ? null : Share(labelled.Count(o => largeOnly.ClassOf(o) == o.Row.ClassIndex), labelled.Length),
            MacsPerImage: macs,
            LargeMacsPerImage: cascade.Large.Macs,
            ComputeChange: macs / cascade.Large.Macs - 1,
            Seconds: seconds,
            ImagesPerSecond: seconds > 0 ? outcomes.Count / seconds : 0,
            LargeOnlySeconds: largeOnly?.Seconds,
            DecodeSeconds: times is null ? null : ClassifyTimes.Seconds(times.Decode),
            TinySeconds: times is null ? null : ClassifyTimes.Seconds(times.Tiny),
            LargeSeconds: times is null ? null : ClassifyTimes.Seconds(times.Large),
            Policy: cascade.PolicyId,
            Labels: null,
            Cancelled: cancelled,
            SaverNames: string.Join(" → ", cascade.Savers.Select(s => s.Name)),
            LargeName: cascade.Large.Name);
    }

    private static double? Share(int count, int of) => of == 0 ? null : count / (double)of;
}
