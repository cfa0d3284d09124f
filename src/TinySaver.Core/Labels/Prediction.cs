namespace TinySaver.Core.Labels;

/// <summary>One model's answer for one image.</summary>
/// <param name="ClassIndex">The class, as an index into the large model's label set.</param>
/// <param name="Label">The class's text.</param>
/// <param name="Confidence">The confidence in [0, 1] under the model's measure (max-probability for the large model).</param>
/// <param name="TopK">The most probable classes, most probable first.</param>
public sealed record Prediction(int ClassIndex, string Label, float Confidence, IReadOnlyList<ClassPrediction> TopK);
