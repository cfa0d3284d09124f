using System.Xml.Linq;
using TinySaver.Calibration.Search;
using TinySaver.Reports.Charts;

namespace TinySaver.Reports;

/// <summary>Accuracy and exit rate against the threshold, for each saver of the cascade alone.</summary>
internal static class ThresholdCharts
{
    // Where half of the images are this sure, a linear axis would show nothing of what the threshold decides.
    private const double MostlySure = 0.9;

    /// <summary>The section; null where no candidate has a curve.</summary>
    public static XElement? Of(SearchResult search)
    {
        IReadOnlyList<SaverSetting> savers = search.Choice?.Savers ?? (search.NoCascade?.Closest is { } closest ? [closest] : []);
        XElement[] figures = [.. savers.SelectMany((saver, i) => Figures(search, saver, i)).Select(f => f.ToHtml())];
        return figures.Length == 0 ? null : Html.Section(
            "The threshold",
            savers.Count > 1
                ? "Each saver as if it were the only one before the large model; in the chain the later see only what the earlier escalate."
                : "A lower threshold lets more images exit and lets more of the saver's mistakes through.",
            Html.Element("div", "figures", figures));
    }

    private static IEnumerable<Figure> Figures(SearchResult search, SaverSetting saver, int index)
    {
        CandidateResult? candidate = search.Candidates.FirstOrDefault(
            c => c.Saver == saver.Saver && c.Measure == saver.Measure && c.Temperature == saver.Temperature);
        if (candidate is null || candidate.Curve.Count == 0)
            yield break;

        Scale axis = Axis(candidate);
        string name = Wording.Measure(saver.Measure, saver.Temperature);
        string rule = search.Choice is null ? "nearest miss" : "chosen";
        string stretched = axis is NinesScale ? " The axis is stretched towards 1." : "";
        string quantity = search.Labelled ? "Accuracy" : "Agreement";
        double top = search.AccuracyLarge ?? 1;
        double lowest = Math.Min(top, candidate.Curve.Min(Height));
        double highest = Math.Max(top, candidate.Curve.Max(Height));
        double room = Math.Max(0.001, (highest - lowest) * 0.13);
        yield return Chart(
            "accuracy",
            quantity.ToLowerInvariant(),
            search.Labelled
                ? $"The cascade's accuracy; the dashed line is {search.LargeModel} alone, {Amounts.Percent(top)}."
                : $"The share of images on which the cascade answers what {search.LargeModel} does.",
            LinearScale.OfShares(lowest - (room / 2), highest + room),
            quantity + " of the cascade",
            Height,
            (top, "large alone"));
        yield return Chart(
            "exit",
            "exit rate",
            $"The share of images that exit; the saver breaks even at {Amounts.Percent(candidate.CostRatio)}.",
            LinearScale.OfShares(0, 1),
            "Exit rate",
            p => p.ExitRate,
            candidate.CostRatio <= 1 ? (candidate.CostRatio, "breaks even") : null);

        Figure Chart(string id, string what, string reading, Scale scale, string ordinate, Func<CurvePoint, double> height, (double At, string Label)? limit) => new()
        {
            Id = $"threshold-{id}-{index + 1}",
            Title = $"{saver.Saver}: {what} by threshold",
            Reading = reading + stretched,
            Draw = size =>
            {
                var plot = new Plot(size, axis, scale, $"threshold on {name}", ordinate);
                plot.Line(candidate.Curve.Select(p => (p.Threshold, height(p))), "s1 strong");
                if (limit is { } line)
                    plot.HorizontalRule(line.At, "limit", line.Label);

                plot.VerticalRule(saver.Threshold, "chosen", $"{rule} {Wording.Threshold(saver.Threshold)}");
                return plot;
            },
        };

        double Height(CurvePoint point) => search.Labelled ? point.AccuracyCascade ?? 0 : point.Agreement;
    }

    private static Scale Axis(CandidateResult candidate)
    {
        double half = candidate.Curve.FirstOrDefault(p => p.ExitRate >= 0.5)?.Threshold ?? 0;
        if (half <= MostlySure)
            return new LinearScale(0, 1, (value, _) => Amounts.Number(value, 1));

        // The axis ends where one image in twenty exits, but shows two nines at least and, as floats have no more, six at most.
        double sure = candidate.Curve.FirstOrDefault(p => p.ExitRate >= 0.05)?.Threshold ?? half;
        return new NinesScale(Math.Clamp((int)Math.Ceiling(-Math.Log10(Math.Max(1 - sure, 1e-6))), 2, 6));
    }
}
