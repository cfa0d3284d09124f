using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace TinySaver.Pipeline.FunctionApps;

/// <summary>One model as the health function shows it.</summary>
/// <param name="Name">The model's name.</param>
/// <param name="Sha256">The content hash that the policy demands; null in a policy that demands none.</param>
/// <param name="Measure">The confidence measure; null for the large model.</param>
/// <param name="Threshold">The exit threshold in [0, 1]; null for the large model.</param>
/// <param name="RunsOn">The execution provider in use; null where the app does not load this model.</param>
public sealed record ModelHealth(string Name, string? Sha256, string? Measure, double? Threshold, string? RunsOn);

/// <summary>The answer of the health function.</summary>
/// <param name="Healthy">Whether images can be classified.</param>
/// <param name="Error">Why not; null where they can.</param>
/// <param name="Dependencies">What the app depends on: images, labels, queue and cascade.</param>
/// <param name="Policy">The policy's id; null where none is loaded.</param>
/// <param name="Savers">The savers in the order in which they see an image.</param>
/// <param name="Large">The large model; null where no policy is loaded.</param>
/// <param name="Versions">The versions of the app, of .NET and of ONNX Runtime.</param>
public sealed record HealthReport(
    bool Healthy,
    string? Error,
    IReadOnlyList<DependencyHealth> Dependencies,
    string? Policy,
    IReadOnlyList<ModelHealth> Savers,
    ModelHealth? Large,
    IReadOnlyDictionary<string, string> Versions)
{
    /// <summary>The report as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json.HealthReport);

    // Read by people and machines, and never part of a page.
    private static readonly HealthReportJsonContext Json = new(new JsonSerializerOptions(HealthReportJsonContext.Default.Options)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}

/// <summary>One thing that the app depends on.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Error">Why it cannot be used; null where it can.</param>
public sealed record DependencyHealth(string Name, string? Error);

[JsonSourceGenerationOptions(
    WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(HealthReport))]
internal sealed partial class HealthReportJsonContext : JsonSerializerContext;
