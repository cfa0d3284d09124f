using System.Text.Json.Serialization;
using TinySaver.Core.Confidence;

namespace TinySaver.Core.Cascade;

/// <summary>One saver of a cascade: its model, how its confidence is measured, and from which confidence on an image exits.</summary>
public sealed record SaverPolicy
{
    /// <summary>The tiny model.</summary>
    public required ModelReference Model { get; init; }

    /// <summary>The confidence measure.</summary>
    public required ConfidenceMeasure Measure { get; init; }

    /// <summary>The temperature that divides the logits before the softmax; positive, 1 changes nothing.</summary>
    public float Temperature { get; init; } = 1f;

    /// <summary>The exit threshold in [0, 1]: an image exits when its confidence is at least this.</summary>
    public required double Threshold { get; init; }

    /// <summary>
    /// How much the log probabilities of the savers before it, in their order, and its own count in its answer: one weight each. Null where it
    /// answers alone, as the first saver does.
    /// </summary>
    public IReadOnlyList<double>? Weights { get; init; }
}

/// <summary>One model of a cascade as the policy names it.</summary>
/// <param name="Folder">The model folder, relative to the policy file, with forward slashes: <c>models/tiny</c>.</param>
/// <param name="OnnxFile">The ONNX file within the folder, where it is not one of the standard places; else null.</param>
/// <param name="Sha256">The content hash of the model folder: 64 lower-case hex digits. Null in a policy written by hand: nothing is checked then.</param>
/// <param name="Macs">Multiply-accumulate operations for one image, counted from the model's graph; null where nobody counted.</param>
public sealed record ModelReference([property: JsonRequired] string Folder, string? OnnxFile = null, string? Sha256 = null, long? Macs = null)
{
    /// <summary>How many digits of the hash tell models apart for people and in rows.</summary>
    public const int ShortHashLength = 12;

    /// <summary>The first digits of the hash; null where there is none.</summary>
    [JsonIgnore]
    public string? ShortHash => Sha256?[..ShortHashLength];

    /// <summary>The model's name: the last segment of its folder.</summary>
    [JsonIgnore]
    public string Name => Folder.TrimEnd('/')[(Folder.TrimEnd('/').LastIndexOf('/') + 1)..];
}
