using TinySaver.Calibration.Evaluation;

namespace TinySaver.Calibration.Search;

/// <summary>The cascade that a search found.</summary>
/// <param name="Stages">The savers in the order in which an image meets them.</param>
/// <param name="Calibration">What it does on all calibration images, those that selected included.</param>
/// <param name="Certificate">The guarantee; null for rules that give none.</param>
public sealed record CascadeChoice(IReadOnlyList<ChosenStage> Stages, OperatingPoint Calibration, Certificate? Certificate);
