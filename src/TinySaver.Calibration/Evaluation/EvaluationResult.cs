using System.Text.Json.Serialization;
using TinySaver.Core.Cascade;
using TinySaver.Core.Names;

namespace TinySaver.Calibration.Evaluation;

/// <summary>What a cascade does on test images.</summary>
/// <param name="Point">Accuracy, exits and compute.</param>
/// <param name="DropInterval">Interval of the accuracy drop, paired (Tango's score interval), wide enough for whatever unlabelled images may be; null without labels.</param>
/// <param name="ExitRateInterval">Interval of the exit rate (Wilson).</param>
/// <param name="AgreementInterval">Interval of the agreement with the large model (Wilson).</param>
/// <param name="Savers">Each saver.</param>
/// <param name="LargeReliability">The large model's calibration; null without all labels or highest probabilities.</param>
/// <param name="Classes">Each class that occurs, by index; empty unless all labels are known.</param>
/// <param name="Mistakes">The surest of the costly mistakes, the surest first.</param>
/// <param name="Pooled">What pooling changed among the escalated images; null where the large model answers them alone.</param>
/// <param name="Guarantee">Whether the guarantee held; null where none was given, or it was about accuracy and labels are unknown.</param>
public sealed record EvaluationResult(
    OperatingPoint Point, Interval? DropInterval, Interval ExitRateInterval, Interval AgreementInterval, IReadOnlyList<SaverEvaluation> Savers,
    Reliability? LargeReliability, IReadOnlyList<ClassRow> Classes, IReadOnlyList<Mistake> Mistakes, PooledEffect? Pooled,
    [property: JsonPropertyName("promise")] GuaranteeCheck? Guarantee);

/// <summary>What one saver of a cascade does.</summary>
/// <param name="Name">The saver's name.</param>
/// <param name="Accuracy">Its accuracy alone, on all images; null unless all labels are known.</param>
/// <param name="Decided">Share of all images that exit at it.</param>
/// <param name="Reliability">Its calibration; null without all labels or highest probabilities.</param>
/// <param name="Histogram">Its confidences (under the cascade's measure) on all images, right and wrong.</param>
public sealed record SaverEvaluation(
    string Name, double? Accuracy, double Decided, Reliability? Reliability, IReadOnlyList<HistogramBin> Histogram)
{
    /// <summary>Whether its answers are pooled with those of the savers before it: then accuracy, reliability and histogram are of the pooled ones.</summary>
    public bool Pooled { get; init; }
}

/// <summary>A bar pair of a confidence histogram.</summary>
/// <param name="Low">Lowest confidence of the bin, included.</param>
/// <param name="High">Highest confidence of the bin, excluded but for the last.</param>
/// <param name="Right">Images that the saver has right (unless all labels are known: on which it agrees with the large model).</param>
/// <param name="Wrong">The others.</param>
public sealed record HistogramBin(double Low, double High, int Right, int Wrong);

/// <summary>An image that the cascade has wrong though the large model has it right (where its label is unknown: on which they differ).</summary>
/// <param name="Row">The image's row.</param>
/// <param name="Saver">The saver it exited at; 0 for the first, and the number of savers where it was escalated and pooling has it wrong.</param>
/// <param name="Confidence">That saver's confidence, or the highest pooled probability.</param>
/// <param name="Answer">The class the cascade answered.</param>
/// <param name="Large">The large model's class.</param>
/// <param name="Label">The true class; null where unknown.</param>
public sealed record Mistake(int Row, [property: JsonPropertyName("stage")] int Saver, float Confidence, int Answer, int Large, int? Label);

/// <summary>A guarantee given at calibration, held against other images.</summary>
/// <param name="Risk">What is bounded.</param>
/// <param name="Epsilon">The guaranteed bound.</param>
/// <param name="Delta">The probability with which it may fail.</param>
/// <param name="Observed">The risk on these images.</param>
/// <param name="Interval">Its confidence interval.</param>
/// <param name="Verdict">Whether it held.</param>
public sealed record GuaranteeCheck(RiskKind Risk, double Epsilon, double Delta, double Observed, Interval Interval, GuaranteeVerdict Verdict);

/// <summary>Whether a guarantee given at calibration held on other images.</summary>
[JsonConverter(typeof(EnumNameConverter<GuaranteeVerdict>))]
public enum GuaranteeVerdict
{
    /// <summary>The observed risk is at most ε.</summary>
    [JsonStringEnumMemberName("held")]
    Held,

    /// <summary>The observed risk is above ε, but so little that chance in these images may explain it: the interval reaches down to ε.</summary>
    [JsonStringEnumMemberName("above-within-error")]
    AboveWithinError,

    /// <summary>The observed risk is above ε and its interval lies above ε: the guarantee failed, or these images are of another kind.</summary>
    [JsonStringEnumMemberName("broken")]
    Broken,
}
