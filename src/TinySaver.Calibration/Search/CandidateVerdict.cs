using System.Text.Json.Serialization;

namespace TinySaver.Calibration.Search;

/// <summary>What a search thinks of one candidate.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CandidateVerdict>))]
public enum CandidateVerdict
{
    /// <summary>At its threshold it saves compute: ΔC &lt; 0.</summary>
    [JsonStringEnumMemberName("saves")]
    Saves,

    /// <summary>At its threshold it costs as much as it saves, or more: ΔC ≥ 0.</summary>
    [JsonStringEnumMemberName("costs-more")]
    CostsMore,

    /// <summary>No threshold keeps (or, for a candidate that was not chosen for certification, seems to keep) the promise.</summary>
    [JsonStringEnumMemberName("not-certified")]
    NotCertified,
}
