using TinySaver.Core.Confidence;

namespace TinySaver.Calibration.Search;

/// <summary>A saver's confidence on every image, under one measure and temperature.</summary>
/// <param name="Measure">The measure.</param>
/// <param name="Temperature">The temperature that the probabilities were made with; 1 for the model's own.</param>
/// <param name="Values">Confidence of every image, in [0, 1].</param>
public sealed record ConfidenceColumn(ConfidenceMeasure Measure, float Temperature, ReadOnlyMemory<float> Values);
