namespace TinySaver.Cli.Search;

/// <summary>The images of a search.</summary>
/// <param name="Calibration">The calibration set; null where all predictions are recorded.</param>
/// <param name="Test">The test set, or recorded predictions of it: the large model's and those of each saver in order; empty without one.</param>
/// <param name="Split">The share of the calibration images to set aside as the test set; null for none.</param>
/// <param name="Seed">The seed of that division and of the search's own.</param>
internal sealed record SearchData(string? Calibration, IReadOnlyList<string> Test, double? Split, int Seed);
