using System.Text.Json.Serialization;

namespace TinySaver.Calibration.Guarantees;

/// <summary>What a guarantee bounds.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RiskKind>))]
public enum RiskKind
{
    /// <summary>Accuracy of the large model alone less that of the cascade, over all images. Needs labels.</summary>
    [JsonStringEnumMemberName("accuracy-drop")]
    AccuracyDrop,

    /// <summary>The share of all images whose answer is not the large model's. Needs no labels, and is never below the accuracy drop.</summary>
    [JsonStringEnumMemberName("disagreement")]
    Disagreement,
}
