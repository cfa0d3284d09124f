using TinySaver.Calibration.Costs;
using TinySaver.Calibration.Evaluation;
using TinySaver.Calibration.Search;
using TinySaver.Cli.Evaluate;
using TinySaver.Cli.Images;
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
            Labels = ReportParts.Texts(problem.Large),
            TestImages = problem.TestLarge is { } images ? ReportParts.Images(images) : [],
            Thumbnail = Thumbnail.Of,
            Models = [.. new[] { problem.Large }.Concat(problem.Savers).Select(ReportParts.Model)],
            CostUnit = cost == "macs" ? "MACs" : cost,
            Warnings = overlap > 0 ? [$"{Amounts.Percent(overlap)} of the calibration images are in the test set too: the test figures flatter the cascade."] : [],
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

    private static IEnumerable<ReportDataSet> DataSets(SearchProblem problem, SearchData data)
    {
        yield return new("calibration", data.Calibration ?? problem.Large.Source, problem.Large.Count, SampleSketch.Hash(problem.Large.Keys));
        if (problem.TestLarge is { } test)
            yield return new("test", data.Test.Count > 0 ? data.Test[0] : $"{data.Split} of the same, set aside", test.Count, SampleSketch.Hash(test.Keys));
    }
}
