using TinySaver.Calibration.Costs;
using TinySaver.Calibration.Evaluation;
using TinySaver.Calibration.Search;
using TinySaver.Core.Cascade;

namespace TinySaver.Reports;

/// <summary>All that a report shows. At least one of <see cref="Search"/> and <see cref="Policy"/> must be there.</summary>
/// <remarks><c>search</c> gives a search, and a policy where it wrote one; <c>evaluate</c> gives a policy and a test.</remarks>
/// <param name="Provenance">How to make the report again.</param>
/// <param name="Models">The models with their costs and hashes: the large one first, then savers. A search's names are found here by name.</param>
/// <param name="Labels">Label texts by class index; an index beyond its end shows as a number. Empty where unknown.</param>
/// <param name="TestImages">The test images by row, for the mistakes; empty where unknown.</param>
/// <param name="Warnings">What a reader must know before believing the figures, such as test images that were calibrated on; a sentence each.</param>
/// <param name="Thumbnail">Makes a small picture of an image's file, as a data URI, or null where it cannot be shown. Null to show no pictures.</param>
/// <param name="Search">What the search found on the calibration images; null for a report on an evaluation only.</param>
/// <param name="Policy">The policy that was evaluated or written; null where none was.</param>
/// <param name="Test">What the cascade does on the test images; null where there are none.</param>
/// <param name="Costs">The money; null where nothing was costed.</param>
/// <param name="CostUnit">What compute is counted in, in ΔC and all shares of compute.</param>
public sealed record ReportInput(
    ReportProvenance Provenance, IReadOnlyList<ReportModel> Models, IReadOnlyList<string> Labels, IReadOnlyList<ReportImage> TestImages,
    IReadOnlyList<string> Warnings, Func<string, string?>? Thumbnail = null, SearchResult? Search = null, CascadePolicy? Policy = null,
    EvaluationResult? Test = null, CostEstimate? Costs = null, string CostUnit = "MACs");

/// <summary>How a report came to be, so that it can be made again.</summary>
/// <param name="Command">The command line that wrote the report.</param>
/// <param name="CreatedAt">When it was written.</param>
/// <param name="Data">The images, each set with its hash.</param>
/// <param name="Facts">Seeds, versions, machine and settings, in the order in which to show them.</param>
public sealed record ReportProvenance(string Command, DateTimeOffset CreatedAt, IReadOnlyList<ReportDataSet> Data, IReadOnlyList<ReportFact> Facts);

/// <summary>A model of a report.</summary>
/// <param name="Name">The name that the search and the policy know it by.</param>
/// <param name="Source">The model folder or the file of recorded predictions.</param>
/// <param name="Macs">Multiply-accumulate operations for one image; null where nobody counted.</param>
/// <param name="Milliseconds">Measured time of one image; null where nobody measured.</param>
/// <param name="Sha256">Content hash of the source; null where there is none.</param>
public sealed record ReportModel(string Name, string Source, double? Macs = null, double? Milliseconds = null, string? Sha256 = null);

/// <summary>Images that a report rests on.</summary>
/// <param name="Role">What they were for: calibration or test.</param>
/// <param name="Source">The folder, manifest or split that they come from.</param>
/// <param name="Images">How many there are.</param>
/// <param name="Sha256">Hash of the sorted sample identities; null where there is none.</param>
public sealed record ReportDataSet(string Role, string Source, int Images, string? Sha256 = null);

/// <summary>An image that a report may show.</summary>
/// <param name="Name">What the report calls it: its id or path within the data set.</param>
/// <param name="File">The image's file, for a thumbnail; null where the images are not at hand.</param>
public sealed record ReportImage(string Name, string? File);

/// <summary>A line of the report's last section: a seed, a version, a setting.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Value">Its value.</param>
public sealed record ReportFact(string Name, string Value);
