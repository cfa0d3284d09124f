using System.Text.Json.Serialization;

namespace TinySaver.Calibration.Search;

/// <summary>Why a search recommends the large model alone.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<NoCascadeReason>))]
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
