using TinySaver.Calibration.Costs;
using TinySaver.Calibration.Evaluation;
using TinySaver.Calibration.Search;
using TinySaver.Core.Cascade;

namespace TinySaver.Reports;

/// <summary>All that a report shows. At least one of <see cref="Search"/> and <see cref="Policy"/> must be there.</summary>
/// <remarks><c>search</c> gives a search, and a policy where it wrote one; <c>evaluate</c> gives a policy and a test.</remarks>
public sealed record ReportInput
{
    /// <summary>What the search found on the calibration images; null for a report on an evaluation only.</summary>
    public SearchResult? Search { get; init; }

    /// <summary>The policy that was evaluated or written; null where none was.</summary>
    public CascadePolicy? Policy { get; init; }

    /// <summary>What the cascade does on the test images; null where there are none.</summary>
    public EvaluationResult? Test { get; init; }

    /// <summary>The money; null where nothing was costed.</summary>
    public CostEstimate? Costs { get; init; }

    /// <summary>Label texts by class index; an index beyond its end shows as a number. Empty where unknown.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>The test images by row, for the mistakes; empty where unknown.</summary>
    public IReadOnlyList<ReportImage> TestImages { get; init; } = [];

    /// <summary>Makes a small picture of an image's file, as a data URI; null where the file cannot be shown. Without it no pictures are shown.</summary>
    public Func<string, string?> Thumbnail { get; init; } = _ => null;

    /// <summary>The models with their costs and hashes: the large one first, then savers. A search's names are found here by name.</summary>
    public IReadOnlyList<ReportModel> Models { get; init; } = [];

    /// <summary>What compute is counted in, in ΔC and all shares of compute.</summary>
    public string CostUnit { get; init; } = "MACs";

    /// <summary>What a reader must know before believing the figures, such as test images that were calibrated on; a sentence each.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>How to make the report again.</summary>
    public required ReportProvenance Provenance { get; init; }
}
