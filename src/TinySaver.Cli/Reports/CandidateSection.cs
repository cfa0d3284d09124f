using System.Xml.Linq;
using TinySaver.Cli.Output;
using TinySaver.Core.Search;

namespace TinySaver.Cli.Reports;

/// <summary>Every saver × measure × temperature with its best point.</summary>
internal static class CandidateSection
{
    private const int MostAtOnce = 30;

    /// <summary>The section.</summary>
    public static XElement Of(SearchResult search, ReportInput input)
    {
        IReadOnlyList<CandidateResult> candidates = search.Candidates;
        return Html.Element(
            "section",
            null,
            Html.Element("h2", null, "Candidates"),
            Html.Element("p", "note", Note(search)),
            Table(search, input, candidates.Take(MostAtOnce)),
            candidates.Count <= MostAtOnce ? null : Html.Element(
                "details",
                null,
                Html.Element("summary", null, $"{candidates.Count - MostAtOnce} more"),
                Table(search, input, candidates.Skip(MostAtOnce))));
    }

    private static string Note(SearchResult search)
    {
        string points = $"Each candidate at its best threshold by the {search.Rule} rule, on all {Wording.Count(search.Samples, "calibration image")}, the lowest ΔC first.";
        return search.Rule == "certified"
            ? points + " “Certified” marks the points for which the guarantee holds; the others are estimates that ranked the candidates."
            : points;
    }

    private static XElement Table(SearchResult search, ReportInput input, IEnumerable<CandidateResult> candidates)
    {
        bool labelled = search.Labelled;
        string[] heads = labelled
            ? ["saver", "confidence", "#MACs", "#cost", "#alone", "#threshold", "#exit rate", "#accuracy", "#drop", "#ΔC", "verdict"]
            : ["saver", "confidence", "#MACs", "#cost", "#threshold", "#exit rate", "#agreement", "#ΔC", "verdict"];
        return Html.Table("Candidates", heads, candidates.Select(c => Row(c, labelled, input)));
    }

    private static List<object> Row(CandidateResult candidate, bool labelled, ReportInput input)
    {
        double? macs = input.Models.FirstOrDefault(m => m.Name == candidate.Saver)?.Macs;
        var cells = new List<object>
        {
            candidate.Saver,
            Wording.Measure(candidate.Measure, candidate.Temperature),
            Amounts.Macs(macs),
            Amounts.Percent(candidate.CostRatio),
        };
        if (labelled)
            cells.Add(Amounts.Percent(candidate.Accuracy));
        cells.Add(candidate.Threshold is { } threshold ? Wording.Threshold(threshold) : "–");
        cells.Add(Amounts.Percent(candidate.Point?.ExitRate));
        cells.Add(labelled ? Amounts.Percent(candidate.Point?.AccuracyCascade, 2) : Amounts.Percent(candidate.Point?.Agreement, 2));
        if (labelled)
            cells.Add(candidate.Point?.AccuracyDrop is { } drop ? Wording.SignedPoints(drop) : "–");
        cells.Add(candidate.Point is { } point ? Wording.Change(point.DeltaC) : "–");
        cells.Add(Verdict(candidate));
        return cells;
    }

    private static XElement Verdict(CandidateResult candidate) => candidate.Verdict switch
    {
        CandidateVerdict.Saves => Html.Element("span", "badge good", candidate.Certified ? "saves, certified" : "saves"),
        CandidateVerdict.CostsMore => Html.Element("span", "badge bad", "costs more than it saves"),
        _ => Html.Element("span", "badge", "not certified"),
    };
}
