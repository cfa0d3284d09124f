using TinySaver.Core.Escalations;

namespace TinySaver.Pipeline.Stages;

/// <summary>Deliveries of one escalation within one call.</summary>
/// <param name="Escalation">The escalation.</param>
/// <param name="Indices">Their places in the call.</param>
internal sealed record EscalationGroup(Escalation Escalation, IReadOnlyList<int> Indices);
