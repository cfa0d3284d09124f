using System.Text.Json.Serialization;
using TinySaver.Core.Names;

namespace TinySaver.Core.Cascade;

/// <summary>What a guarantee bounds.</summary>
[JsonConverter(typeof(EnumNameConverter<RiskKind>))]
public enum RiskKind
{
    /// <summary>Accuracy of the large model alone less that of the cascade, over all images. Needs labels.</summary>
    [JsonStringEnumMemberName("accuracy-drop")]
    AccuracyDrop,

    /// <summary>The share of all images whose answer is not the large model's. Needs no labels, and is never below the accuracy drop.</summary>
    [JsonStringEnumMemberName("disagreement")]
    Disagreement,
}

/// <summary>What was guaranteed when the policy was chosen.</summary>
/// <param name="Risk">The risk that is bounded: disagreement where the calibration set had no labels.</param>
/// <param name="Bound">The upper bound of the risk: of a disagreement in [0, 1], of an accuracy drop in [−1, 1], where 0 is "no less accurate" and −0.01 "at least a point more".</param>
/// <param name="Confidence">The confidence of the bound, 1 − δ, over the draw of the calibration set.</param>
/// <param name="Method">How it was proved, in one sentence for people.</param>
public sealed record PolicyGuarantee(
    [property: JsonRequired] RiskKind Risk, [property: JsonRequired] double Bound, [property: JsonRequired] double Confidence, string? Method = null)
{
    /// <summary>The fields that are shares, for checking.</summary>
    internal IEnumerable<(string Field, double? Value)> Shares => [("confidence", Confidence)];
}

/// <summary>What was measured with a policy on one set of images. Accuracies and rates are shares in [0, 1], null without labels.</summary>
/// <param name="Samples">The number of images.</param>
/// <param name="AccuracySaver">The accuracy of the first saver alone.</param>
/// <param name="AccuracyLarge">The accuracy of the large model alone.</param>
/// <param name="AccuracyCascade">The accuracy of the cascade.</param>
/// <param name="AccuracyDrop">Accuracy of the large model alone less that of the cascade.</param>
/// <param name="Disagreement">The share of images on which the cascade's answer differs from the large model's.</param>
/// <param name="ExitRate">The share of images that exit at a saver.</param>
/// <param name="DeltaC">The relative change of compute, cost(saver)/cost(large) − exit rate; negative saves.</param>
public sealed record PolicyMeasurement(
    [property: JsonRequired] int Samples, double? AccuracySaver, double? AccuracyLarge, double? AccuracyCascade, double? AccuracyDrop,
    double? Disagreement, [property: JsonRequired] double ExitRate, [property: JsonRequired] double DeltaC)
{
    /// <summary>
    /// How often the large model answered each class, for the most frequent classes: the rest of the images is all others together. Null where nobody counted.
    /// </summary>
    public IReadOnlyDictionary<int, int>? Classes { get; init; }

    /// <summary>The fields that are shares, for checking.</summary>
    internal IEnumerable<(string Field, double? Value)> Shares =>
    [
        ("accuracySaver", AccuracySaver), ("accuracyLarge", AccuracyLarge), ("accuracyCascade", AccuracyCascade),
        ("disagreement", Disagreement), ("exitRate", ExitRate),
    ];
}

/// <summary>How a policy came to be, so that it can be made again.</summary>
/// <param name="Command">The command line that wrote the policy.</param>
/// <param name="Tool">The version of the tool.</param>
/// <param name="CreatedAt">When it was written.</param>
/// <param name="Seed">The seed of the split and of the sample order.</param>
/// <param name="CalibrationData">SHA-256 of the calibration set's sorted sample identities.</param>
/// <param name="CalibrationSample">
/// A random sample of the calibration set: the first 40 bits of the 48 smallest sample hashes, base64. By it a later evaluation sees that
/// its test images were calibrated on.
/// </param>
/// <param name="CalibrationSketch">The same as earlier tools wrote it: up to 512 hashes of 64 bits, little-endian. Read, and no longer written.</param>
public sealed record PolicyProvenance(
    string? Command = null, string? Tool = null, DateTimeOffset? CreatedAt = null, int? Seed = null, string? CalibrationData = null,
    string? CalibrationSample = null, string? CalibrationSketch = null);
