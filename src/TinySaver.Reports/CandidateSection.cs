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

    private static XElement Table(SearchResult search, IEnumerable<CandidateResult> candidates) => Html.Table("Candidates", candidates, [.. Columns(search)]);

    // By what is asked for first: on a phone the rest scrolls.
    private static IEnumerable<(string Head, Func<CandidateResult, object> Cell)> Columns(SearchResult search)
    {
        yield return ("saver", c => c.Saver);
        yield return ("confidence", c => Wording.Measure(c.Measure, c.Temperature));
        yield return ("verdict", c => Verdict(c, search));
        if (AnyPoint(search))
        {
            yield return ("#ΔC", c => c.Point is { } point ? Wording.Change(point.DeltaC) : "–");
            yield return ("#exit rate", c => Amounts.Percent(c.Point?.ExitRate));
            yield return (search.Labelled ? "#accuracy" : "#agreement", c => Amounts.Percent(search.Labelled ? c.Point?.AccuracyCascade : c.Point?.Agreement, 2));
            if (search.Labelled)
                yield return ("#drop", c => c.Point?.AccuracyDrop is { } drop ? Wording.Drop(drop) : "–");

            yield return ("#threshold", c => c.Threshold is { } threshold ? Wording.Threshold(threshold) : "–");
        }

        if (search.Labelled)
            yield return ("#alone", c => Amounts.Percent(c.Accuracy));

        yield return ("#cost", c => Amounts.Percent(c.CostRatio));
    }

    // A search that certified nothing has no thresholds to show.
    private static bool AnyPoint(SearchResult search) => search.Candidates.Any(c => c.Point is not null);

    private static XElement Verdict(CandidateResult candidate, SearchResult search) => candidate.Verdict switch
    {
        CandidateVerdict.CostsMore => Html.Element("span", "badge bad", "costs more"),
        CandidateVerdict.NotCertified => Html.Element("span", "badge", "not certified"),
        _ when candidate.Certified => Html.Element("span", "badge good", candidate.Chosen ? "chosen, certified" : "certified"),
        _ when candidate.AboveLimit => Html.Element("span", "badge bad", "breaks the promise"),
        _ => Html.Element("span", candidate.Chosen ? "badge good" : "badge", candidate.Chosen ? "chosen" : search.Guarantee is not null ? "estimate" : "saves"),
    };
}
