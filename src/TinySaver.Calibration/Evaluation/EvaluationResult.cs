namespace TinySaver.Calibration.Evaluation;

/// <summary>What a cascade does on test images.</summary>
/// <param name="Point">Accuracy, exits and compute.</param>
/// <param name="DropInterval">Interval of the accuracy drop, paired (Tango's score interval); null without labels.</param>
/// <param name="ExitRateInterval">Interval of the exit rate (Wilson).</param>
/// <param name="AgreementInterval">Interval of the agreement with the large model (Wilson).</param>
/// <param name="Savers">Each saver.</param>
/// <param name="LargeReliability">The large model's calibration; null without labels or highest probabilities.</param>
/// <param name="Classes">Each class that occurs, by index; empty without labels.</param>
/// <param name="Mistakes">The surest of the costly mistakes, the surest first.</param>
/// <param name="Promise">Whether the promise held; null where none was made, or it was about accuracy and labels are unknown.</param>
public sealed record EvaluationResult(
    OperatingPoint Point,
    Interval? DropInterval,
    Interval ExitRateInterval,
    Interval AgreementInterval,
    IReadOnlyList<SaverEvaluation> Savers,
    Reliability? LargeReliability,
    IReadOnlyList<ClassRow> Classes,
    IReadOnlyList<Mistake> Mistakes,
    PromiseCheck? Promise);
