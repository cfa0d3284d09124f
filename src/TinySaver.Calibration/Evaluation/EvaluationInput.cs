using TinySaver.Calibration.Guarantees;

namespace TinySaver.Calibration.Evaluation;

/// <summary>A cascade and recorded answers on images that did not choose it.</summary>
/// <param name="Savers">The savers in order, at least one.</param>
/// <param name="Large">The large model's class of every image.</param>
/// <param name="LargeMaxProbabilities">Its highest probability for every image; empty where unknown.</param>
/// <param name="Labels">True class of every image; empty where unknown.</param>
/// <param name="Guarantee">What was guaranteed at calibration; null where nothing was.</param>
public sealed record EvaluationInput(
    IReadOnlyList<EvaluatedSaver> Savers,
    ReadOnlyMemory<int> Large,
    ReadOnlyMemory<float> LargeMaxProbabilities,
    ReadOnlyMemory<int> Labels,
    Guarantee? Guarantee);

/// <summary>One saver of the cascade that is evaluated.</summary>
/// <param name="Name">The saver's name.</param>
/// <param name="Replay">Its answers, threshold and cost.</param>
/// <param name="MaxProbabilities">Its highest probability for every image, for the calibration error; empty where unknown.</param>
public sealed record EvaluatedSaver(string Name, ReplaySaver Replay, ReadOnlyMemory<float> MaxProbabilities);
