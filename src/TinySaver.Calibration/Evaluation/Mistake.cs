namespace TinySaver.Calibration.Evaluation;

/// <summary>An image that the cascade has wrong though the large model has it right (without labels: on which they differ).</summary>
/// <param name="Row">The image's row.</param>
/// <param name="Stage">The saver it exited at; 0 for the first.</param>
/// <param name="Confidence">That saver's confidence.</param>
/// <param name="Answer">The class the cascade answered.</param>
/// <param name="Large">The large model's class.</param>
/// <param name="Label">The true class; null without labels.</param>
public sealed record Mistake(int Row, int Stage, float Confidence, int Answer, int Large, int? Label);
