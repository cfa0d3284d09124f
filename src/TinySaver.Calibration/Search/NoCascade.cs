using TinySaver.Calibration.Evaluation;

namespace TinySaver.Calibration.Search;

/// <summary>Why no cascade is recommended, how far off the best candidate is, and what would help.</summary>
/// <param name="Reason">The reason.</param>
/// <param name="Explanation">The reason with its figures, in a sentence or two.</param>
/// <param name="Closest">The candidate and threshold that came nearest; null where no candidate is cheaper than the large model.</param>
/// <param name="ClosestPoint">What a cascade with it does on the calibration images; null likewise.</param>
/// <param name="SamplesNeeded">
/// About how many calibration images would do for it, with a chance of 80 %; null where no number would (its drop is too large) or
/// samples are not what is missing.
/// </param>
public sealed record NoCascade(
    NoCascadeReason Reason, string Explanation, ChosenStage? Closest, OperatingPoint? ClosestPoint, long? SamplesNeeded);
