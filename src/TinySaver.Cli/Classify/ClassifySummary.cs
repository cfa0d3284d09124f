using System.Text.Json.Serialization;
using TinySaver.Core.Failures;
using TinySaver.Core.Labels;
using TinySaver.Core.Naming;
using TinySaver.Inference.Cascades;

namespace TinySaver.Cli.Classify;

/// <summary>The large model alone on the same images, for comparison.</summary>
internal sealed class LargeOnlyRun(IReadOnlyList<ImageOutcome> outcomes, double seconds)
{
    private readonly Dictionary<string, int?> _classes = outcomes.ToDictionary(o => o.Path, o => o.Row.ClassIndex, StringComparer.Ordinal);

    /// <summary>Wall-clock seconds.</summary>
    public double Seconds => seconds;

    /// <summary>The large model's class for an image of the cascade's run; null where it has none.</summary>
    public int? ClassOf(ImageOutcome outcome) => _classes.GetValueOrDefault(outcome.Path);
}

/// <summary>What a run over images came to; the object that <c>--json</c> prints. Rates and accuracies are shares in [0, 1].</summary>
internal sealed record ClassifySummary
{
    /// <summary>Images that were worked on: labelled or failed.</summary>
    public required int Images { get; init; }

    /// <summary>Images that a saver labelled.</summary>
    public required int LabelledByTiny { get; init; }

    /// <summary>Images that the large model labelled.</summary>
    public required int LabelledByLarge { get; init; }

    /// <summary>Images that got no label.</summary>
    public required int Failed { get; init; }

    /// <summary>The failed images by reason, ordered by its name.</summary>
    public required IReadOnlyDictionary<FailureReason, int> FailedByReason { get; init; }

    /// <summary>Images that exited at a saver, of those labelled; null where none was labelled.</summary>
    public double? ExitRate { get; init; }

    /// <summary>Images whose true class is known, of those labelled.</summary>
    public required int ImagesWithTrueClass { get; init; }

    /// <summary>The cascade's accuracy on them; null where there are none.</summary>
    public double? Accuracy { get; init; }

    /// <summary>The savers' accuracy on them, had nothing been escalated: of a chain, that of the saver that was asked last for each image.</summary>
    public double? TinyAccuracy { get; init; }

    /// <summary>The large model's accuracy on them, with <c>--compare</c>.</summary>
    public double? LargeAccuracy { get; init; }

    /// <summary>Images on which cascade and large model agree, of those labelled, with <c>--compare</c>.</summary>
    public double? AgreementWithLarge { get; init; }

    /// <summary>Multiply-accumulate operations an image, mean over the labelled.</summary>
    public double? MacsPerImage { get; init; }

    /// <summary>Multiply-accumulate operations an image if the large model saw every one.</summary>
    public required long LargeMacsPerImage { get; init; }

    /// <summary>The relative change of compute against large-only; negative saves.</summary>
    public double? ComputeChange { get; init; }

    /// <summary>Wall-clock seconds, models loaded already.</summary>
    public required double Seconds { get; init; }

    /// <summary>Images a wall-clock second.</summary>
    public required double ImagesPerSecond { get; init; }

    /// <summary>Wall-clock seconds of the large model alone on the same images, with <c>--compare</c>.</summary>
    public double? LargeOnlySeconds { get; init; }

    /// <summary>Seconds spent reading and decoding, summed over threads.</summary>
    public double? DecodeSeconds { get; init; }

    /// <summary>Seconds spent in preprocessing and inference of the savers, summed over threads.</summary>
    public double? TinySeconds { get; init; }

    /// <summary>Seconds spent in preprocessing and inference of the large model, summed over threads.</summary>
    public double? LargeSeconds { get; init; }

    /// <summary>The id of the policy.</summary>
    public required string Policy { get; init; }

    /// <summary>Where the labels were written; null where nobody asked.</summary>
    public string? Labels { get; init; }

    /// <summary>Whether the run was stopped before its end.</summary>
    public required bool Cancelled { get; init; }

    /// <summary>The names of the models, for people.</summary>
    [JsonIgnore]
    public string SaverNames { get; init; } = "";

    /// <summary>The name of the large model, for people.</summary>
    [JsonIgnore]
    public string LargeName { get; init; } = "";

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
        return new()
        {
            Images = outcomes.Count,
            LabelledByTiny = exits,
            LabelledByLarge = labelled.Length - exits,
            Failed = outcomes.Count - labelled.Length,
            FailedByReason = outcomes.Where(o => !o.IsLabelled).GroupBy(o => o.Row.Reason ?? FailureReason.Unknown).OrderBy(g => g.Key.Name(), StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Count()),
            ExitRate = Share(exits, labelled.Length),
            ImagesWithTrueClass = known.Length,
            Accuracy = Share(known.Count(o => o.Row.ClassIndex == o.TrueClass), known.Length),
            TinyAccuracy = cascade.Savers.Count == 0 ? null : Share(known.Count(o => o.Row.TinyClassIndex == o.TrueClass), known.Length),
            LargeAccuracy = largeOnly is null ? null : Share(known.Count(o => largeOnly.ClassOf(o) == o.TrueClass), known.Length),
            AgreementWithLarge = largeOnly is null ? null : Share(labelled.Count(o => largeOnly.ClassOf(o) == o.Row.ClassIndex), labelled.Length),
            MacsPerImage = macs,
            LargeMacsPerImage = cascade.Large.Macs,
            ComputeChange = macs / cascade.Large.Macs - 1,
            Seconds = seconds,
            ImagesPerSecond = seconds > 0 ? outcomes.Count / seconds : 0,
            LargeOnlySeconds = largeOnly?.Seconds,
            DecodeSeconds = times is null ? null : ClassifyTimes.Seconds(times.Decode),
            TinySeconds = times is null ? null : ClassifyTimes.Seconds(times.Tiny),
            LargeSeconds = times is null ? null : ClassifyTimes.Seconds(times.Large),
            Policy = cascade.PolicyId,
            Cancelled = cancelled,
            SaverNames = string.Join(" → ", cascade.Savers.Select(s => s.Name)),
            LargeName = cascade.Large.Name,
        };
    }

    private static double? Share(int count, int of) => of == 0 ? null : count / (double)of;
}
