namespace TinySaver.Calibration.Search;

/// <summary>A candidate at a threshold: one stage of a cascade that a search considers.</summary>
internal sealed record StageSetting(Candidate Candidate, double Threshold);
