namespace TinySaver.Reports;

/// <summary>A model of a report.</summary>
/// <param name="Name">The name that the search and the policy know it by.</param>
/// <param name="Source">The model folder or the file of recorded predictions.</param>
/// <param name="Macs">Multiply-accumulate operations for one image; null where nobody counted.</param>
/// <param name="Milliseconds">Measured time of one image; null where nobody measured.</param>
/// <param name="Sha256">Content hash of the source; null where there is none.</param>
public sealed record ReportModel(string Name, string Source, double? Macs = null, double? Milliseconds = null, string? Sha256 = null);
