using TinySaver.Core.Labels;

namespace TinySaver.Pipeline.Stages;

/// <summary>The tiny stage's result for one image.</summary>
/// <param name="Outcome">What was made of it.</param>
/// <param name="Row">The row that the table holds now; null where none was written or read.</param>
public sealed record TinyResult(TinyOutcome Outcome, LabelRow? Row);
