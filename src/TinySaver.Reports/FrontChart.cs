using System.Xml.Linq;
using TinySaver.Calibration.Search;
using TinySaver.Reports.Charts;

namespace TinySaver.Reports;

/// <summary>The Pareto front: what compute could be saved at what accuracy, from end to end.</summary>
internal static class FrontChart
{
    // Below this much under the large model nobody deploys; the section before shows the whole range.
    private const double MostLost = 0.05;

    private const double LeastRange = 0.005;

    /// <summary>The section; null where nothing but the large model alone is on the front.</summary>
    public static XElement? Of(SearchResult search)
    {
        FrontPoint[] front = [.. search.Front.Where(p => p.Height >= Top(search) - MostLost)];
        if (front.All(p => p.Savers.Count == 0))
            return null;

        FrontPoint cheapest = front.First(p => p.Height >= Top(search));
        FrontPoint best = front[^1];
        string measure = search.Labelled ? "accuracy" : "agreement";
        var figure = new Figure
        {
            Id = "front",
            Title = search.Labelled ? "Most accuracy for each share of compute" : "Most agreement for each share of compute",
            Reading = "No cascade that was looked at lies above or left of the line. A point on it is the best of many on these images: an estimate, and a flattering one.",
            Legend = [new LegendEntry("s1 strong", "line", "best cascade at that compute")],
            Draw = size => Draw(size, search, front, cheapest, best),
        };
        return Html.Section(
            "Cheaper or better",
            $"Two ends on the {Wording.Count(search.Samples, "calibration image")}: {Name(cheapest, search)} saves {Amounts.Percent(-cheapest.DeltaC)} of compute without a loss of {measure}; "
                + (best.Height > Top(search)
                    ? $"{Name(best, search)} gains {Wording.PointsAndUnit(best.Height - Top(search))} and {Saves(best)}."
                    : $"nothing is above the large model's {measure}."),
            Html.Element("div", "figures", figure.ToHtml()));
    }

    private static Plot Draw(ChartSize size, SearchResult search, FrontPoint[] front, FrontPoint cheapest, FrontPoint best)
    {
        double top = Top(search);
        double low = Math.Min(front.Min(p => p.Height), top);
        double high = Math.Max(front.Max(p => p.Height), low + LeastRange);
        double room = (high - low) * 0.15;
        var plot = new Plot(
            size,
            LinearScale.OfShares(0, Math.Max(1.05, 1 + front.Max(p => p.DeltaC))),
            LinearScale.OfShares(low - (room / 3), high + room),
            "compute, share of the large model alone",
            search.Labelled ? "Accuracy of the cascade" : $"Agreement with {search.LargeModel}");
        plot.Line(front.Select(p => (1 + p.DeltaC, p.Height)), "s1 strong", "the front");
        plot.HorizontalRule(top, "limit", $"{search.LargeModel} alone");
        plot.Point(1 + cheapest.DeltaC, cheapest.Height, 5, "s1", Tooltip(cheapest, search), "cheapest without a loss");
        if (best != cheapest)
            plot.Point(1 + best.DeltaC, best.Height, 5, "s1", Tooltip(best, search), "most accurate");
        if (search.Choice is { } choice)
            plot.Point(1 + choice.Calibration.DeltaC, choice.Calibration.AccuracyCascade ?? choice.Calibration.Agreement, 6.5, "chosen", "chosen", "chosen");

        plot.Point(1, top, 5, "large", $"{search.LargeModel} alone");
        return plot;
    }

    private static string Tooltip(FrontPoint point, SearchResult search) =>
        $"{Name(point, search)}: {Amounts.Percent(1 + point.DeltaC)} of the compute, {Amounts.Percent(point.Height, 2)}";

    private static string Name(FrontPoint point, SearchResult search) =>
        point.Savers.Count == 0 ? $"{search.LargeModel} alone" : string.Join(" → ", [.. point.Savers, search.LargeModel]) + (point.Pooled ? ", pooled," : "");

    private static string Saves(FrontPoint point) => point.DeltaC < 0 ? $"saves {Amounts.Percent(-point.DeltaC)}" : $"costs {Amounts.Percent(point.DeltaC)} more";

    private static double Top(SearchResult search) => search.AccuracyLarge ?? 1;
}
