namespace TinySaver.Calibration.Search;

/// <summary>A candidate saver's answers on the calibration images.</summary>
/// <param name="Name">The saver's name; unique within a search.</param>
/// <param name="Cost">Cost of one image, in the large model's unit, above 0.</param>
/// <param name="Classes">Predicted class of every image, in the order of the large model's.</param>
/// <param name="Confidences">One column for each measure and temperature to try; at least one.</param>
public sealed record SaverPredictions(string Name, double Cost, ReadOnlyMemory<int> Classes, IReadOnlyList<ConfidenceColumn> Confidences);
