using System.Xml.Linq;
using TinySaver.Calibration.Evaluation;
using TinySaver.Calibration.Search;
using TinySaver.Core.Names;
using TinySaver.Reports.Charts;

namespace TinySaver.Reports;

/// <summary>Accuracy (without labels: agreement) against compute for all savers: the whole range, and what lies near the large model.</summary>
internal static class ComputeCharts
{
    // Nobody can tell more colours apart than these; the other savers share a grey.
    private const int MostColours = 5;

    // A saver many times as costly as the large model would squeeze all others into a corner.
    private const double MostCompute = 2;

    // A saver that never differs from the large model makes a flat line, and an axis needs a length.
    private const double LeastRange = 0.01;

    /// <summary>The section.</summary>
    public static XElement Of(SearchResult search)
    {
        string ordinate = search.Labelled ? "Accuracy of the cascade" : $"Agreement with {search.LargeModel}";
        List<CandidateResult> savers = Savers(search);
        var whole = new Figure
        {
            Id = "compute",
            Title = $"{(search.Labelled ? "Accuracy" : "Agreement")} against compute",
            Reading = "Each line is a saver; along it, left means a lower threshold: more images exit, less compute. Up and to the left is better.",
            Legend = Legend(savers, search),
            Draw = size => Draw(size, search, savers, Lowest(search, savers), ordinate, null),
        };
        double floor = Top(search) - Depth(search);
        Figure? near = floor <= Lowest(search, savers) ? null : whole with
        {
            Id = "compute-near",
            Title = "The same, near the large model",
            Reading = $"Down to {Wording.PointsAndUnit(Depth(search))} below {search.LargeModel} alone, where the choice is made.",
            Draw = size => Draw(size, search, savers, floor, ordinate, search.Choice?.Certificate?.Epsilon),
        };
        return Html.Section(
            "All savers",
            $"On the {Wording.Count(search.Samples, "calibration image")}; each saver with the confidence measure that saves most.",
            Html.Element("div", "figures", whole.ToHtml(), near?.ToHtml()));
    }

    /// <summary>One candidate a saver: the chosen ones first, then those that save most.</summary>
    private static List<CandidateResult> Savers(SearchResult search)
    {
        IReadOnlyList<SaverSetting> chosen = search.Choice?.Savers ?? (search.NoCascade?.Closest is { } closest ? [closest] : []);
        return [.. search.Candidates
            .OrderByDescending(c => chosen.Any(s => s.Saver == c.Saver && s.Measure == c.Measure && s.Temperature == c.Temperature))
            .DistinctBy(c => c.Saver)];
    }

    private static Plot Draw(
        ChartSize size, SearchResult search, List<CandidateResult> savers, double floor, string ordinate, double? epsilon)
    {
        double top = Top(search);
        double highest = Math.Max(top, savers.SelectMany(s => s.Curve).Max(p => Height(search, p)));
        floor = Math.Min(floor, highest - LeastRange);
        double right = Math.Min(MostCompute, 1 + savers.Max(s => s.CostRatio));

        // Above the highest point a line of text has room, so that labels need not lie on the curves.
        double room = (highest - floor) * 0.13;
        var plot = new Plot(
            size,
            LinearScale.OfShares(0, Math.Max(right, 1.05)),
            LinearScale.OfShares(floor - (room / 3), highest + room),
            "compute, share of the large model alone",
            ordinate);

        // The chosen saver is drawn last and so lies on top.
        for (int i = savers.Count - 1; i >= 0; i--)
        {
            CandidateResult saver = savers[i];
            IEnumerable<(double, double)> points = saver.Curve.Select(p => (1 + p.DeltaC, Height(search, p)));
            plot.Line(points.Prepend((1 + saver.CostRatio, top)), Colour(i) + (i == 0 ? " strong" : ""), saver.Saver);
        }

        for (int i = savers.Count - 1; i > 0; i--)
        {
            if (savers[i].Point is { } point)
                plot.Point(1 + point.DeltaC, Height(point), 3.5, Colour(i), Tooltip(savers[i].Saver, point));
        }

        if (epsilon is { } allowed)
            plot.HorizontalRule(top - allowed, "limit", $"limit: {Wording.PointsAndUnit(allowed)}");

        // First come, first served: the choice's label has the best place.
        if (search.Choice is { } choice)
            plot.Point(1 + choice.Calibration.DeltaC, Height(choice.Calibration), 6.5, "chosen", Tooltip("chosen", choice.Calibration), "chosen");
        else if (search.NoCascade is { Closest: { } closest, ClosestPoint: { } near })
            plot.Point(1 + near.DeltaC, Height(near), 6.5, "nearest", Tooltip(closest.Saver, near), "nearest miss");

        plot.Point(1, top, 5, "large", $"{search.LargeModel} alone", $"{search.LargeModel} alone");
        return plot;
    }

    private static List<LegendEntry> Legend(List<CandidateResult> savers, SearchResult search)
    {
        var legend = new List<LegendEntry>();
        for (int i = 0; i < Math.Min(savers.Count, MostColours); i++)
            legend.Add(new LegendEntry(Colour(i) + (i == 0 ? " strong" : ""), "line", savers[i].Saver));
        if (savers.Count > MostColours)
            legend.Add(new LegendEntry(Colour(MostColours), "line", Wording.Count(savers.Count - MostColours, "other saver")));
        if (savers.Skip(1).Any(s => s.Point is not null))
            legend.Add(new LegendEntry("other", "point", $"best threshold by the {search.Rule.Name()} rule"));

        return legend;
    }

    private static string Colour(int saver) => saver < MostColours ? $"s{saver + 1}" : "other";

    private static string Tooltip(string name, OperatingPoint point) =>
        $"{name}: {Amounts.Percent(1 + point.DeltaC)} of the compute, {Amounts.Percent(Height(point), 2)}, {Amounts.Percent(point.ExitRate)} exit";

    private static double Top(SearchResult search) => search.AccuracyLarge ?? 1;

    private static double Lowest(SearchResult search, List<CandidateResult> savers) =>
        Math.Min(Top(search), savers.SelectMany(s => s.Curve).Min(p => Height(search, p)));

    // Four times what is allowed or was lost: the choice then lies well within the picture.
    private static double Depth(SearchResult search)
    {
        double risk = search.Choice?.Certificate?.Epsilon ?? 0;
        OperatingPoint? point = search.Choice?.Calibration ?? search.NoCascade?.ClosestPoint;
        double lost = point is null ? 0 : Math.Max(0, Top(search) - Height(point));
        return Math.Max(0.01, 4 * Math.Max(risk, lost));
    }

    private static double Height(OperatingPoint point) => point.AccuracyCascade ?? point.Agreement;

    private static double Height(SearchResult search, CurvePoint point) =>
        search.Labelled ? point.AccuracyCascade ?? 0 : point.Agreement;
}
