using TinySaver.Core.Confidence;

namespace TinySaver.Cli.Predictions;

/// <summary>One line of a predictions file: one model's answer for one image.</summary>
/// <remarks>Property names in snake case are its columns; in place of <paramref name="Confidences"/> each measure has one of its own.</remarks>
/// <param name="Id">Identifies the image within its data set: its path relative to the data, with forward slashes.</param>
/// <param name="LabelIndex">The true class's index; null where nobody knows it.</param>
/// <param name="Label">The true class's text, for people.</param>
/// <param name="ClassIndex">The predicted class's index.</param>
/// <param name="Class">The predicted class's text, for people.</param>
/// <param name="Confidences">The confidence in [0, 1] by each of <see cref="ConfidenceMeasures.All"/>; null where none is known.</param>
/// <param name="TopK">The most probable classes, as many as are pooled, as <c>index:probability</c>, separated by blanks.</param>
/// <param name="Classes">The number of all classes.</param>
/// <param name="Logits">All logits by class index, separated by blanks; only with <c>--logits</c>.</param>
/// <param name="Milliseconds">Milliseconds of preprocessing and inference on the machine that recorded, one thread.</param>
/// <param name="ContentHash">The first 16 hex digits of SHA-256 of the image file: tells the same image under another name.</param>
/// <param name="Macs">Multiply-accumulate operations of the model for one image.</param>
/// <param name="Model">The model folder.</param>
/// <param name="ModelHash">The content hash of the model folder.</param>
internal sealed record PredictionRow(
    string Id = "", int? LabelIndex = null, string? Label = null, int ClassIndex = 0, string? Class = null,
    float?[]? Confidences = null, string? TopK = null, int? Classes = null, string? Logits = null,
    float? Milliseconds = null, string? ContentHash = null, long? Macs = null, string? Model = null, string? ModelHash = null);
