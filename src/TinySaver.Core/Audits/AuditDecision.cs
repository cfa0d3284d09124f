using System.Text.Json.Serialization;

namespace TinySaver.Core.Audits;

/// <summary>What the policy decides of an image of the audit sample; it travels in the escalation.</summary>
/// <param name="ExitsAt">The saver at which the policy lets the image exit, from 0; null where it escalates it.</param>
/// <param name="ClassIndex">The class that the saver which was asked last answers, pooled where the policy pools; null without a saver.</param>
/// <param name="Confidence">Its confidence in [0, 1] by the policy's measure; null without a saver.</param>
public sealed record AuditDecision(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] int? ExitsAt = null, int? ClassIndex = null, double? Confidence = null)
{
    /// <summary>Whether the image got the saver's label although the policy escalates it, because the backlog exceeded its limit.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Degraded { get; init; }
}
