namespace TinySaver.Calibration.Evaluation;

/// <summary>One saver of a cascade with its recorded answers.</summary>
/// <param name="Classes">The saver's class of every image.</param>
/// <param name="Confidences">The saver's confidence on every image, under the cascade's measure and temperature.</param>
/// <param name="Threshold">The exit threshold.</param>
/// <param name="CostRatio">Cost of one image at this saver as a share of the large model's.</param>
public sealed record ReplayStage(ReadOnlyMemory<int> Classes, ReadOnlyMemory<float> Confidences, double Threshold, double CostRatio);
