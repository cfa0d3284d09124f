using TinySaver.Core.Labels;

namespace TinySaver.Pipeline.Labels;

/// <summary>A row as the store holds it.</summary>
/// <param name="Row">The row.</param>
/// <param name="RowTag">Changes with every write of the row; the condition of the next one. Not the image's ETag.</param>
/// <param name="WrittenAt">When the store wrote it.</param>
public sealed record StoredRow(LabelRow Row, string RowTag, DateTimeOffset WrittenAt);
