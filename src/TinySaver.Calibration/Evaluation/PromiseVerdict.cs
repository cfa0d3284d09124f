using System.Text.Json.Serialization;

namespace TinySaver.Calibration.Evaluation;

/// <summary>Whether a promise made at calibration held on other images.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PromiseVerdict>))]
public enum PromiseVerdict
{
    /// <summary>The observed risk is at most ε.</summary>
    [JsonStringEnumMemberName("held")]
    Held,

    /// <summary>The observed risk is above ε, but so little that chance in these images may explain it: the interval reaches down to ε.</summary>
    [JsonStringEnumMemberName("above-within-error")]
    AboveWithinError,

    /// <summary>The observed risk is above ε and its interval lies above ε: the promise failed, or these images are of another kind.</summary>
    [JsonStringEnumMemberName("broken")]
    Broken,
}
