using System.Text.Json.Serialization;

namespace TinySaver.Calibration.Search;

/// <summary>How a certified search keeps its guarantee although it chooses among several candidates.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CandidateCorrection>))]
public enum CandidateCorrection
{
    /// <summary>Whichever of the other two is stronger for the number of candidates.</summary>
    [JsonStringEnumMemberName("auto")]
    Auto,

    /// <summary>
    /// A share of the images fits temperatures, ranks the candidates and orders the thresholds; only the others certify, and only the best
    /// two, each at δ / 2 (one at δ where the images do not suffice for two).
    /// </summary>
    [JsonStringEnumMemberName("split")]
    Split,

    /// <summary>Every candidate is certified on all images, each at δ divided by the number of candidates, over a grid that depends on no data.</summary>
    [JsonStringEnumMemberName("bonferroni")]
    Bonferroni,
}
