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
public sealed record PolicyGuarantee
{
    /// <summary>The risk that is bounded: disagreement where the calibration set had no labels.</summary>
    public required RiskKind Risk { get; init; }

    /// <summary>The upper bound of the risk, in [0, 1].</summary>
    public required double Bound { get; init; }

    /// <summary>The confidence of the bound, 1 − δ, over the draw of the calibration set.</summary>
    public required double Confidence { get; init; }

    /// <summary>How it was proved, in one sentence for people.</summary>
    public string? Method { get; init; }

    /// <summary>The fields that are shares, for checking.</summary>
    internal IEnumerable<(string Field, double? Value)> Shares => [("bound", Bound), ("confidence", Confidence)];
}

/// <summary>What was measured with a policy on one set of images. Accuracies and rates are shares in [0, 1], null without labels.</summary>
public sealed record PolicyMeasurement
{
    /// <summary>The number of images.</summary>
    public required int Samples { get; init; }

    /// <summary>The accuracy of the first saver alone.</summary>
    public double? AccuracySaver { get; init; }

    /// <summary>The accuracy of the large model alone.</summary>
    public double? AccuracyLarge { get; init; }

    /// <summary>The accuracy of the cascade.</summary>
    public double? AccuracyCascade { get; init; }

    /// <summary>Accuracy of the large model alone less that of the cascade.</summary>
    public double? AccuracyDrop { get; init; }

    /// <summary>The share of images on which the cascade's answer differs from the large model's.</summary>
    public double? Disagreement { get; init; }

    /// <summary>The share of images that exit at a saver.</summary>
    public required double ExitRate { get; init; }

    /// <summary>The relative change of compute, cost(saver)/cost(large) − exit rate; negative saves.</summary>
    public required double DeltaC { get; init; }

    /// <summary>The fields that are shares, for checking.</summary>
    internal IEnumerable<(string Field, double? Value)> Shares =>
    [
        ("accuracySaver", AccuracySaver), ("accuracyLarge", AccuracyLarge), ("accuracyCascade", AccuracyCascade),
        ("disagreement", Disagreement), ("exitRate", ExitRate),
    ];
}

/// <summary>How a policy came to be, so that it can be made again.</summary>
public sealed record PolicyProvenance
{
    /// <summary>The command line that wrote the policy.</summary>
    public string? Command { get; init; }

    /// <summary>The version of the tool.</summary>
    public string? Tool { get; init; }

    /// <summary>When it was written.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>The seed of the split and of the sample order.</summary>
    public int? Seed { get; init; }

    /// <summary>SHA-256 of the calibration set's sorted sample identities.</summary>
    public string? CalibrationData { get; init; }

    /// <summary>
    /// A random sample of the calibration set: the first 40 bits of the 48 smallest sample hashes, base64. By it a later evaluation sees that
    /// its test images were calibrated on.
    /// </summary>
    public string? CalibrationSample { get; init; }

    /// <summary>The same as earlier tools wrote it: up to 512 hashes of 64 bits, little-endian. Read, and no longer written.</summary>
    public string? CalibrationSketch { get; init; }
}
