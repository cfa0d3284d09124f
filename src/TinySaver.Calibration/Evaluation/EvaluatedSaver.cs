namespace TinySaver.Calibration.Evaluation;

/// <summary>One saver of the cascade that is evaluated.</summary>
/// <param name="Name">The saver's name.</param>
/// <param name="Stage">Its answers, threshold and cost.</param>
/// <param name="MaxProbabilities">Its highest probability for every image, for the calibration error; empty where unknown.</param>
public sealed record EvaluatedSaver(string Name, ReplayStage Stage, ReadOnlyMemory<float> MaxProbabilities);
