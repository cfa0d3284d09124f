namespace TinySaver.Calibration.Search;

/// <summary>The large model's answers on the calibration images.</summary>
/// <param name="Name">The model's name in output.</param>
/// <param name="Cost">Cost of one image in any unit that the savers share (MACs, milliseconds, money), above 0.</param>
/// <param name="Classes">Predicted class of every image.</param>
public sealed record ModelPredictions(string Name, double Cost, ReadOnlyMemory<int> Classes);
