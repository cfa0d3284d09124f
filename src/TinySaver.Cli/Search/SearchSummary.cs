using System.Text.Json.Serialization;
using TinySaver.Calibration.Costs;
using TinySaver.Calibration.Evaluation;
using TinySaver.Calibration.Search;
using TinySaver.Core.Cascade;
using TinySaver.Core.Confidence;

namespace TinySaver.Cli.Search;

/// <summary>What <c>search --json</c> prints. Of a chain, <c>saver</c>, <c>measure</c>, <c>temperature</c> and <c>threshold</c> are its first saver's.</summary>
internal sealed record SearchSummary
{
    /// <summary>The chosen saver; null where no cascade is worth it.</summary>
    public string? Saver { get; init; }

    /// <summary>The confidence measure.</summary>
    public ConfidenceMeasure? Measure { get; init; }

    /// <summary>The temperature.</summary>
    public double? Temperature { get; init; }

    /// <summary>The exit threshold.</summary>
    public double? Threshold { get; init; }

    /// <summary>The savers in order.</summary>
    [JsonPropertyName("stages")]
    public required IReadOnlyList<SaverSetting> Savers { get; init; }

    /// <summary>The large model.</summary>
    public required string Large { get; init; }

    /// <summary>The rule.</summary>
    public required RuleKind Rule { get; init; }

    /// <summary>ε; null for rules without one.</summary>
    public double? Epsilon { get; init; }

    /// <summary>δ; null for rules without one.</summary>
    public double? Delta { get; init; }

    /// <summary>The certificate; null where nothing is certified.</summary>
    public Certificate? Certificate { get; init; }

    /// <summary>What the cascade does on the calibration images.</summary>
    public PolicyMeasurement? Calibration { get; init; }

    /// <summary>What it does on the test images; null without them.</summary>
    public PolicyMeasurement? Test { get; init; }

    /// <summary>Intervals, classes, calibration errors and mistakes on the test images; null without them.</summary>
    public EvaluationResult? TestDetails { get; init; }

    /// <summary>Why there is no cascade; null where there is one.</summary>
    public NoCascade? NoCascade { get; init; }

    /// <summary>Every saver × measure × temperature with its best point.</summary>
    public required IReadOnlyList<CandidateResult> Candidates { get; init; }

    /// <summary>The bill for a million images; null where times were not measured.</summary>
    public CostEstimate? Costs { get; init; }

    /// <summary>The policy file; null where none was written.</summary>
    public string? Policy { get; init; }

    /// <summary>The HTML report; null where nobody asked.</summary>
    public string? Report { get; init; }
}
