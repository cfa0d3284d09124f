using TinySaver.Calibration.Costs;
using TinySaver.Calibration.Evaluation;
using TinySaver.Calibration.Search;
using TinySaver.Cli.Images;
using TinySaver.Cli.Predictions;
using TinySaver.Core.Cascade;
using TinySaver.Reports;

namespace TinySaver.Cli.Search;

/// <summary>Gathers what the HTML report of a search shows.</summary>
internal static class SearchReportInput
{
    /// <summary>The report's input.</summary>
    public static ReportInput Of(
        SearchProblem problem,
        SearchResult result,
        CascadePolicy? policy,
        EvaluationResult? test,
        CostEstimate? costs,
        PolicyProvenance provenance,
        SearchData data,
        string cost,
        double overlap) => new()
        {
            Search = result,
            Policy = policy,
            Test = test,
            Costs = costs,
            Labels = Texts(problem.Large),
            TestImages = problem.TestLarge is { } images ? Images(images) : [],
            Thumbnail = Thumbnail.Of,
            Models = [.. new[] { problem.Large }.Concat(problem.Savers).Select(Model)],
            CostUnit = cost == "macs" ? "MACs" : cost,
            Warnings = overlap > 0 ? [$"About {Amounts.Percent(overlap)} of the calibration images are in the test set too: the test figures flatter the cascade."] : [],
            Provenance = new()
            {
                Command = provenance.Command!,
                CreatedAt = provenance.CreatedAt!.Value,
                Data = [.. DataSets(problem, data)],
                Facts =
                [
                    new("Seed", $"{data.Seed}"),
                    new("Tool", $"tinysaver {provenance.Tool}"),
                    new("Runtime", $"{System.Runtime.InteropServices.RuntimeInformation.FrameworkDescription}, {System.Runtime.InteropServices.RuntimeInformation.RuntimeIdentifier}, {Environment.ProcessorCount} processors"),
                ],
            },
        };

    /// <summary>The label texts by class index.</summary>
    public static IReadOnlyList<string> Texts(PredictionSet set) => set.LabelTexts.Count == 0
        ? []
        : [.. Enumerable.Range(0, set.LabelTexts.Keys.Max() + 1).Select(i => set.LabelTexts.GetValueOrDefault(i, $"class {i}"))];

    /// <summary>The images of a set, with their files where these are at hand.</summary>
    public static IReadOnlyList<ReportImage> Images(PredictionSet set) =>
        [.. set.Ids.Select(id => new ReportImage(id, set.DataRoot is { } root ? Path.Combine(root, id) : null))];

    /// <summary>A model as the report lists it.</summary>
    public static ReportModel Model(PredictionSet set) => new(set.Name, set.Model ?? set.Source, set.Macs, set.Milliseconds, set.ModelHash);

    private static IEnumerable<ReportDataSet> DataSets(SearchProblem problem, SearchData data)
    {
        yield return new("calibration", data.Calibration ?? problem.Large.Source, problem.Large.Count, SampleSketch.Hash(problem.Large.Keys));
        if (problem.TestLarge is { } test)
        {
            yield return new("test", data.Test ?? $"{data.Split} of the same, set aside", test.Count, SampleSketch.Hash(test.Keys));
        }
    }
}
