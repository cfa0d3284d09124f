namespace TinySaver.Calibration.Evaluation;

/// <summary>A bar pair of a confidence histogram.</summary>
/// <param name="Low">Lowest confidence of the bin, included.</param>
/// <param name="High">Highest confidence of the bin, excluded but for the last.</param>
/// <param name="Right">Images that the saver has right (without labels: on which it agrees with the large model).</param>
/// <param name="Wrong">The others.</param>
public sealed record HistogramBin(double Low, double High, int Right, int Wrong);
