using TinySaver.Calibration.Evaluation;
using TinySaver.Calibration.Guarantees;
using TinySaver.Calibration.Search;
using TinySaver.Core.Cascade;
using TinySaver.Core.Confidence;
using TinySaver.Core.Names;

namespace TinySaver.Reports;

/// <summary>The facts that most sections need, taken from the search where there was one and else from the policy.</summary>
internal sealed record Findings
{
    /// <summary>The large model's name.</summary>
    public required string LargeModel { get; init; }

    /// <summary>The cascade's savers in order; empty where there is no cascade.</summary>
    public required IReadOnlyList<ReportedSaver> Savers { get; init; }

    /// <summary>Whether accuracies are known; if not, agreement with the large model stands in.</summary>
    public required bool Labelled { get; init; }

    /// <summary>The cascade on the calibration images; null where there is no cascade or a policy does not say.</summary>
    public MeasuredSet? Calibration { get; init; }

    /// <summary>The cascade on the test images; null where there are none.</summary>
    public MeasuredSet? Test { get; init; }

    /// <summary>What is guaranteed; null where nothing is.</summary>
    public Guarantee? Promise { get; init; }

    /// <summary>Whether the promise held on the test images; null where that was not asked.</summary>
    public GuaranteeCheck? Check { get; init; }

    /// <summary>Why there is no cascade; null where there is one, or no search was made.</summary>
    public NoCascade? NoCascade { get; init; }

    /// <summary>The rule's name; null where a policy does not say.</summary>
    public string? Rule { get; init; }

    /// <summary>The figures that the answer rests on: those of the test images where there are any.</summary>
    public MeasuredSet? Basis => Test ?? Calibration;

    /// <summary>Whether there is a cascade.</summary>
    public bool HasCascade => Savers.Count > 0;

    /// <summary>Gathers the facts.</summary>
    /// <exception cref="ArgumentException">There is neither a search nor a policy.</exception>
    public static Findings Of(ReportInput input)
    {
        MeasuredSet? test = input.Test is null ? null : MeasuredSet.Of(input.Test.Point);
        if (input.Search is { } search)
        {
            Certificate? certificate = search.Choice?.Certificate;
            return new Findings
            {
                LargeModel = search.LargeModel,
                Savers = [.. (search.Choice?.Savers ?? []).Select(s => new ReportedSaver(s.Saver, s.Measure, s.Temperature, s.Threshold))],
                Labelled = search.Labelled,
                Calibration = search.Choice is { } choice ? MeasuredSet.Of(choice.Calibration) : null,
                Test = search.Choice is null ? null : test,
                Promise = certificate?.Guarantee,
                Check = search.Choice is null ? null : input.Test?.Guarantee,
                NoCascade = search.NoCascade,
                Rule = search.Rule.Name(),
            };
        }

        CascadePolicy policy = input.Policy
            ?? throw new ArgumentException("A report needs a search or a policy to report on, and got neither.", nameof(input));
        return new Findings
        {
            LargeModel = policy.Large.Name,
            Savers = [.. policy.Savers.Select(s => new ReportedSaver(s.Model.Name, s.Measure, s.Temperature, s.Threshold))],
            Labelled = (test?.AccuracyCascade ?? policy.Calibration?.AccuracyCascade) is not null,
            Calibration = policy.Calibration is { } calibration ? MeasuredSet.Of(calibration) : null,
            Test = test,
            Promise = Guarantee.Of(policy.Guarantee),
            Check = input.Test?.Guarantee,
            Rule = policy.Rule?.Kind.Name(),
        };
    }
}

/// <summary>One saver of the cascade that a report describes.</summary>
/// <param name="Saver">The saver's name.</param>
/// <param name="Measure">The confidence measure.</param>
/// <param name="Temperature">The temperature; 1 for the model's own probabilities.</param>
/// <param name="Threshold">The exit threshold.</param>
internal sealed record ReportedSaver(string Saver, ConfidenceMeasure Measure, float Temperature, double Threshold);

/// <summary>What a cascade did on one set of images, wherever that is recorded. Accuracies are null without labels.</summary>
/// <param name="Samples">Number of images.</param>
/// <param name="AccuracyLarge">Accuracy of the large model alone.</param>
/// <param name="AccuracyCascade">Accuracy of the cascade.</param>
/// <param name="AccuracyDrop">The first less the second.</param>
/// <param name="Agreement">Share of the images on which the two agree; null where a policy does not say.</param>
/// <param name="ExitRate">Share of the images that exit at a saver.</param>
/// <param name="DeltaC">ΔC.</param>
internal sealed record MeasuredSet(
    int Samples, double? AccuracyLarge, double? AccuracyCascade, double? AccuracyDrop, double? Agreement, double ExitRate, double DeltaC)
{
    /// <summary>What a search or an evaluation measured.</summary>
    public static MeasuredSet Of(OperatingPoint point) => new(
        point.Samples, point.AccuracyLarge, point.AccuracyCascade, point.AccuracyDrop, point.Agreement, point.ExitRate, point.DeltaC);

    /// <summary>What a policy's file says.</summary>
    public static MeasuredSet Of(PolicyMeasurement measurement) => new(
        measurement.Samples,
        measurement.AccuracyLarge,
        measurement.AccuracyCascade,
        measurement.AccuracyDrop,
        1 - measurement.Disagreement,
        measurement.ExitRate,
        measurement.DeltaC);
}
