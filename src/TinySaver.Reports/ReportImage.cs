namespace TinySaver.Reports;

/// <summary>An image that a report may show.</summary>
/// <param name="Name">What the report calls it: its id or path within the data set.</param>
/// <param name="File">The image's file, for a thumbnail; null where the images are not at hand.</param>
public sealed record ReportImage(string Name, string? File);
