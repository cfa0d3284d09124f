using TinySaver.Core.Labels;
using TinySaver.Pipeline.Labels;

namespace TinySaver.Pipeline.Stages;

/// <summary>One image of a batch of the large model.</summary>
/// <param name="Group">Its escalation.</param>
/// <param name="Known">Its row as it was read.</param>
/// <param name="Prediction">The model's answer; null where its numbers are not finite.</param>
/// <param name="Error">What failed where the model could not be asked.</param>
internal sealed record BatchItem(EscalationGroup Group, StoredRow? Known, Prediction? Prediction = null, Exception? Error = null);
