using TinySaver.Calibration.Evaluation;
using TinySaver.Calibration.Guarantees;
using TinySaver.Calibration.Search;
using TinySaver.Core.Cascade;
using TinySaver.Core.Confidence;
using TinySaver.Core.Names;

namespace TinySaver.Reports;

/// <summary>The facts that most sections need, taken from the search where there was one and else from the policy.</summary>
/// <param name="LargeModel">The large model's name.</param>
/// <param name="Savers">The cascade's savers in order; empty where there is no cascade.</param>
/// <param name="Labelled">Whether accuracies are known; if not, agreement with the large model stands in.</param>
/// <param name="Calibration">The cascade on the calibration images; null where there is no cascade or a policy does not say.</param>
/// <param name="Test">The cascade on the test images; null where there are none.</param>
/// <param name="Promise">What is guaranteed; null where nothing is.</param>
/// <param name="Check">Whether the promise held on the test images; null where that was not asked.</param>
/// <param name="NoCascade">Why there is no cascade; null where there is one, or no search was made.</param>
/// <param name="Rule">The rule's name; null where a policy does not say.</param>
internal sealed record Findings(
    string LargeModel, IReadOnlyList<ReportedSaver> Savers, bool Labelled, PolicyMeasurement? Calibration, PolicyMeasurement? Test,
    Guarantee? Promise, GuaranteeCheck? Check, NoCascade? NoCascade, string? Rule)
{
    /// <summary>The figures that the answer rests on: those of the test images where there are any.</summary>
    public PolicyMeasurement? Basis => Test ?? Calibration;

    /// <summary>The share of those images on which cascade and large model agree; null where that is not recorded.</summary>
    public double? Agreement => 1 - Basis?.Disagreement;

    /// <summary>Whether the true classes of some images are known, but not of all.</summary>
    public bool PartlyLabelled { get; init; }

    /// <summary>Whether later models are pooled with earlier ones.</summary>
    public bool Pools { get; init; }

    /// <summary>Whether there is a cascade.</summary>
    public bool HasCascade => Savers.Count > 0;

    /// <summary>Gathers the facts.</summary>
    /// <exception cref="ArgumentException">There is neither a search nor a policy.</exception>
    public static Findings Of(ReportInput input)
    {
        PolicyMeasurement? test = input.Test?.Point.Measured(accuracySaver: null);
        if (input.Search is { } search)
        {
            CascadeChoice? choice = search.Choice;
            return new Findings(
                search.LargeModel,
                [.. (choice?.Savers ?? []).Select(s => new ReportedSaver(s.Saver, s.Measure, s.Temperature, s.Threshold))],
                search.Labelled,
                choice?.Calibration.Measured(accuracySaver: null),
                choice is null ? null : test,
                choice?.Certificate?.Guarantee,
                choice is null ? null : input.Test?.Guarantee,
                search.NoCascade,
                search.Rule.Name())
            {
                PartlyLabelled = search.Labels > 0 && !search.Labelled,
                Pools = choice?.LargeWeights is not null || choice?.Savers.Any(s => s.Weights is not null) == true,
            };
        }

        CascadePolicy policy = input.Policy
            ?? throw new ArgumentException("A report needs a search or a policy to report on, and got neither.", nameof(input));
        return new Findings(
            policy.Large.Name,
            [.. policy.Savers.Select(s => new ReportedSaver(s.Model.Name, s.Measure, s.Temperature, s.Threshold))],
            (test?.AccuracyCascade ?? policy.Calibration?.AccuracyCascade) is not null,
            policy.Calibration,
            test,
            Guarantee.Of(policy.Guarantee),
            input.Test?.Guarantee,
            NoCascade: null,
            policy.Rule?.Kind.Name())
        {
            Pools = policy.Pools,
        };
    }
}

/// <summary>One saver of the cascade that a report describes.</summary>
/// <param name="Saver">The saver's name.</param>
/// <param name="Measure">The confidence measure.</param>
/// <param name="Temperature">The temperature; 1 for the model's own probabilities.</param>
/// <param name="Threshold">The exit threshold.</param>
internal sealed record ReportedSaver(string Saver, ConfidenceMeasure Measure, float Temperature, double Threshold);
