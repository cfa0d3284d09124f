using System.Text.Json.Serialization;
using TinySaver.Calibration.Evaluation;
using TinySaver.Calibration.Guarantees;
using TinySaver.Core.Cascade;
using TinySaver.Core.Confidence;
using TinySaver.Core.Names;

namespace TinySaver.Calibration.Search;

/// <summary>What a search found. Exactly one of <see cref="Choice"/> and <see cref="NoCascade"/> is there.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Guarantee">What the rule was to guarantee; null for a rule that guarantees nothing.</param>
/// <param name="LargeModel">The large model's name.</param>
/// <param name="Samples">Number of calibration images.</param>
/// <param name="Labels">Number of those whose true class is known.</param>
/// <param name="AccuracyLarge">Accuracy of the large model alone; null unless all labels are known.</param>
/// <param name="Choice">The cascade.</param>
/// <param name="NoCascade">Why there is none.</param>
/// <param name="Candidates">
/// Every saver × measure × temperature: the chosen first, then the certified, the others, and those above ε; of each kind the lowest ΔC first
/// and those without a point last.
/// </param>
public sealed record SearchResult(
    RuleKind Rule, Guarantee? Guarantee, string LargeModel, int Samples, int Labels, double? AccuracyLarge, CascadeChoice? Choice,
    NoCascade? NoCascade, IReadOnlyList<CandidateResult> Candidates)
{
    /// <summary>Whether the true class of every image is known.</summary>
    public bool Labelled => Labels == Samples;

    /// <summary>The cascades that no other beats in both compute and accuracy, from the lowest ΔC to the highest accuracy.</summary>
    public IReadOnlyList<FrontPoint> Front { get; init; } = [];
}

/// <summary>The cascade that a search found.</summary>
/// <param name="Savers">The savers in the order in which an image meets them.</param>
/// <param name="LargeWeights">The weights by which the large model's answers are pooled with the savers'; null where it answers alone.</param>
/// <param name="Calibration">What it does on all calibration images, those that selected included.</param>
/// <param name="Certificate">The guarantee; null for rules that give none.</param>
public sealed record CascadeChoice(
    IReadOnlyList<SaverSetting> Savers, IReadOnlyList<double>? LargeWeights, OperatingPoint Calibration, Certificate? Certificate);

/// <summary>One saver of the chosen cascade.</summary>
/// <param name="Saver">The saver's name.</param>
/// <param name="Measure">The confidence measure.</param>
/// <param name="Temperature">The temperature; 1 for the model's own probabilities.</param>
/// <param name="Threshold">The exit threshold.</param>
/// <param name="CostRatio">The saver's cost as a share of the large model's.</param>
/// <param name="Weights">The weights by which its answers are pooled with those of the savers before it; null where it answers alone.</param>
public sealed record SaverSetting(
    string Saver, ConfidenceMeasure Measure, float Temperature, double Threshold, double CostRatio, IReadOnlyList<double>? Weights = null);

/// <summary>Why no cascade is recommended, how far off the best candidate is, and what would help.</summary>
/// <param name="Reason">The reason.</param>
/// <param name="Explanation">The reason with its figures, in a sentence or two.</param>
/// <param name="Closest">The candidate and threshold that came nearest; null where no candidate is cheaper than the large model.</param>
/// <param name="ClosestPoint">What a cascade with it does on the calibration images; null likewise.</param>
/// <param name="SamplesNeeded">
/// About how many calibration images would do for it, with a chance of 80 %; null where no number would (its drop is too large) or
/// samples are not what is missing.
/// </param>
public sealed record NoCascade(
    NoCascadeReason Reason, string Explanation, SaverSetting? Closest, OperatingPoint? ClosestPoint, long? SamplesNeeded);

/// <summary>Why a search recommends the large model alone.</summary>
[JsonConverter(typeof(EnumNameConverter<NoCascadeReason>))]
public enum NoCascadeReason
{
    /// <summary>Not even a cascade without a single loss could be certified with so few images.</summary>
    [JsonStringEnumMemberName("too-few-samples")]
    TooFewSamples,

    /// <summary>No threshold of the candidate that was tested keeps the promise with the probability asked for.</summary>
    [JsonStringEnumMemberName("nothing-certified")]
    NothingCertified,

    /// <summary>Every candidate costs as much as it saves at the thresholds that the rule allows: ΔC ≥ 0.</summary>
    [JsonStringEnumMemberName("costs-more-than-it-saves")]
    CostsMoreThanItSaves,
}
