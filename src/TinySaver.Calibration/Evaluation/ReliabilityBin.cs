namespace TinySaver.Calibration.Evaluation;

/// <summary>Images of similar confidence.</summary>
/// <param name="Low">Lowest confidence of the bin, included.</param>
/// <param name="High">Highest confidence of the bin, excluded but for the last.</param>
/// <param name="Images">Number of images.</param>
/// <param name="MeanConfidence">Their mean confidence; null for an empty bin.</param>
/// <param name="Accuracy">The share that the model has right; null for an empty bin.</param>
public sealed record ReliabilityBin(double Low, double High, int Images, double? MeanConfidence, double? Accuracy);
