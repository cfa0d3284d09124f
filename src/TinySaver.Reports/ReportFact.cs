namespace TinySaver.Reports;

/// <summary>A line of the report's last section: a seed, a version, a setting.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Value">Its value.</param>
public sealed record ReportFact(string Name, string Value);
