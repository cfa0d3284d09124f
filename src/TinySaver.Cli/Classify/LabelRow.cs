using System.Text.Json;

namespace TinySaver.Cli.Classify;

/// <summary>One line of the labels file. The property names in camel case are its columns.</summary>
internal sealed record LabelRow
{
    /// <summary>The image's path as given.</summary>
    public required string Path { get; init; }

    /// <summary><c>Labelled</c> or <c>Failed</c>.</summary>
    public required string Status { get; init; }

    /// <summary>The label's text.</summary>
    public string? Label { get; init; }

    /// <summary>The label's class index.</summary>
    public int? ClassIndex { get; init; }

    /// <summary>The confidence of the model that decided.</summary>
    public float? Confidence { get; init; }

    /// <summary><c>tiny</c> or <c>large</c>.</summary>
    public string? DecidedBy { get; init; }

    /// <summary>The saver's label.</summary>
    public string? TinyLabel { get; init; }

    /// <summary>The saver's confidence.</summary>
    public float? TinyConfidence { get; init; }

    /// <summary>The true label's class index, where the folder or the manifest says.</summary>
    public int? TrueClassIndex { get; init; }

    /// <summary>The most probable classes as JSON.</summary>
    public string? TopK { get; init; }

    /// <summary>The kind of failure.</summary>
    public string? Reason { get; init; }

    /// <summary>What was found.</summary>
    public string? Message { get; init; }

    /// <summary>The row of an outcome.</summary>
    public static LabelRow Of(ImageOutcome outcome) => new()
    {
        Path = outcome.Path,
        Status = outcome.Answer is null ? "Failed" : "Labelled",
        Label = outcome.Answer?.Label,
        ClassIndex = outcome.Answer?.ClassIndex,
        Confidence = outcome.Answer?.Confidence,
        DecidedBy = outcome.DecidedBy,
        TinyLabel = outcome.Tiny?.Label,
        TinyConfidence = outcome.Tiny?.Confidence,
        TrueClassIndex = outcome.TrueClass,
        TopK = outcome.Answer is null ? null : JsonSerializer.Serialize(outcome.Answer.TopK, JsonSerializerOptions.Web),
        Reason = outcome.Reason,
        Message = outcome.Message,
    };
}
