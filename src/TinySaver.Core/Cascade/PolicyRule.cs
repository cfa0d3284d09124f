using System.Text.Json.Serialization;
using TinySaver.Core.Names;

namespace TinySaver.Core.Cascade;

/// <summary>How an exit threshold is chosen; docs/calibration.md explains each.</summary>
[JsonConverter(typeof(EnumNameConverter<RuleKind>))]
public enum RuleKind
{
    /// <summary>The lowest threshold that is certified to keep a guarantee.</summary>
    [JsonStringEnumMemberName("certified")]
    Certified,

    /// <summary>The procedure of arXiv 2403.17726.</summary>
    [JsonStringEnumMemberName("paper")]
    Paper,

    /// <summary>The highest accuracy at a bounded escalation rate.</summary>
    [JsonStringEnumMemberName("budget")]
    Budget,

    /// <summary>The highest accuracy at a bounded compute.</summary>
    [JsonStringEnumMemberName("accuracy")]
    Accuracy,

    /// <summary>A given threshold.</summary>
    [JsonStringEnumMemberName("fixed")]
    Fixed,
}

/// <summary>The rule by which the threshold was chosen, with its parameters; those of other rules are null.</summary>
/// <param name="Kind">Which rule.</param>
/// <param name="Epsilon">The largest accuracy drop (or disagreement) that was asked for (<c>certified</c>), in (−1, 1): 0 and below ask for no less and for more accuracy.</param>
/// <param name="Delta">The probability, over the draw of the calibration set, with which the guarantee may fail (<c>certified</c>), in [0, 1].</param>
/// <param name="EscalationRate">The largest escalation rate that was asked for (<c>budget</c>), in [0, 1].</param>
/// <param name="Compute">The most compute that was asked for (<c>accuracy</c>), as a share of the large model's, in [0, 1].</param>
public sealed record PolicyRule(
    [property: JsonPropertyName("name"), JsonRequired] RuleKind Kind, double? Epsilon = null, double? Delta = null, double? EscalationRate = null,
    double? Compute = null)
{
    /// <summary>The parameters that are shares, for checking.</summary>
    internal IEnumerable<(string Field, double? Value)> Shares =>
        [("delta", Delta), ("escalationRate", EscalationRate), ("compute", Compute)];
}
