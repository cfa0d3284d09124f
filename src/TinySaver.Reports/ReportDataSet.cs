namespace TinySaver.Reports;

/// <summary>Images that a report rests on.</summary>
/// <param name="Role">What they were for: calibration or test.</param>
/// <param name="Source">The folder, manifest or split that they come from.</param>
/// <param name="Images">How many there are.</param>
/// <param name="Sha256">Hash of the sorted sample identities; null where there is none.</param>
public sealed record ReportDataSet(string Role, string Source, int Images, string? Sha256 = null);
