using System.Xml.Linq;
using TinySaver.Calibration.Search;
using TinySaver.Core.Names;

namespace TinySaver.Reports;

/// <summary>Every saver × measure × temperature with its best point.</summary>
internal static class CandidateSection
{
    private const int MostAtOnce = 30;

    /// <summary>The section.</summary>
    public static XElement Of(SearchResult search)
    {
        IReadOnlyList<CandidateResult> candidates = search.Candidates;
        return Html.Section(
            "Candidates",
            Note(search),
            Table(search, candidates.Take(MostAtOnce)),
            candidates.Count <= MostAtOnce ? null : Html.Details($"{candidates.Count - MostAtOnce} more", Table(search, candidates.Skip(MostAtOnce))));
    }

    private static string Note(SearchResult search)
    {
        string costs = "Cost is a share of the large model's; a saver breaks even where as large a share of the images exits.";
        if (!AnyPoint(search))
            return costs;

        string points = $"Each candidate at its best threshold by the {search.Rule.Name()} rule, on all {Wording.Count(search.Samples, "calibration image")}, the chosen first and then the lowest ΔC (change of compute). {costs}";
        return search.Guarantee is not null
            ? points + " “Certified” marks the points for which the guarantee holds; the others are estimates that ranked the candidates, last those that break the promise on these very images."
            : points;
    }

    private static XElement Table(SearchResult search, IEnumerable<CandidateResult> candidates)
    {
        // By what is asked for first: on a phone the rest scrolls.
        string[] heads =
        [
            "saver", "confidence", "verdict",
            .. !AnyPoint(search) ? Array.Empty<string>()
                : search.Labelled ? ["#ΔC", "#exit rate", "#accuracy", "#drop", "#threshold"]
                : ["#ΔC", "#exit rate", "#agreement", "#threshold"],
            .. search.Labelled ? ["#alone"] : Array.Empty<string>(),
            "#cost",
        ];
        return Html.Table("Candidates", heads, candidates.Select(c => Row(c, search)));
    }

    // A search that certified nothing has no thresholds to show.
    private static bool AnyPoint(SearchResult search) => search.Candidates.Any(c => c.Point is not null);

    private static List<object> Row(CandidateResult candidate, SearchResult search)
    {
        var cells = new List<object>
        {
            candidate.Saver,
            Wording.Measure(candidate.Measure, candidate.Temperature),
            Verdict(candidate, search),
        };
        if (AnyPoint(search))
        {
            cells.Add(candidate.Point is { } point ? Wording.Change(point.DeltaC) : "–");
            cells.Add(Amounts.Percent(candidate.Point?.ExitRate));
            cells.Add(Amounts.Percent(search.Labelled ? candidate.Point?.AccuracyCascade : candidate.Point?.Agreement, 2));
            if (search.Labelled)
                cells.Add(candidate.Point?.AccuracyDrop is { } drop ? Wording.Drop(drop) : "–");
            cells.Add(candidate.Threshold is { } threshold ? Wording.Threshold(threshold) : "–");
        }

        if (search.Labelled)
            cells.Add(Amounts.Percent(candidate.Accuracy));
        cells.Add(Amounts.Percent(candidate.CostRatio));
        return cells;
    }

    private static XElement Verdict(CandidateResult candidate, SearchResult search) => candidate.Verdict switch
    {
        CandidateVerdict.CostsMore => Html.Element("span", "badge bad", "costs more"),
        CandidateVerdict.NotCertified => Html.Element("span", "badge", "not certified"),
        _ when candidate.Certified => Html.Element("span", "badge good", candidate.Chosen ? "chosen, certified" : "certified"),
        _ when candidate.AboveLimit => Html.Element("span", "badge bad", "breaks the promise"),
        _ => Html.Element("span", candidate.Chosen ? "badge good" : "badge", candidate.Chosen ? "chosen" : search.Guarantee is not null ? "estimate" : "saves"),
    };
}
