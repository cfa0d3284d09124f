using TinySaver.Core.Labels;

namespace TinySaver.Pipeline.Labels;

/// <summary>What became of a write.</summary>
/// <param name="Row">The row that the table holds now.</param>
/// <param name="Written">Whether this write put it there; false where it, or a higher one, was there already.</param>
public readonly record struct RowWrite(LabelRow Row, bool Written);
