using System.Xml.Linq;
using TinySaver.Calibration.Evaluation;
using TinySaver.Reports.Charts;

namespace TinySaver.Reports;

/// <summary>How sure the savers are where they are right and where they are wrong, and whether models can be taken at their word.</summary>
internal static class ConfidenceCharts
{
    private const int FewImages = 10;

    /// <summary>The section.</summary>
    public static XElement Of(EvaluationResult test, Findings findings)
    {
        IEnumerable<Figure> histograms = test.Savers.Select((saver, i) => Histogram(saver, findings, i));
        return Html.Section(
            "Confidence", Exited(test, findings), Html.Element("div", "figures", histograms.Append(Reliability(test, findings)).Select(f => f?.ToHtml())));
    }

    private static string Exited(EvaluationResult test, Findings findings)
    {
        OperatingPoint point = test.Point;
        string set = $"On the {Wording.Count(point.Samples, "test image")}";
        if (point.Exited == 0)
            return $"{set} nothing exits.";

        return findings.Labelled
            ? $"{set}. Of those that exit, the savers have {Amounts.Percent(point.ExitedAccuracySaver)} right; {findings.LargeModel} would have {Amounts.Percent(point.ExitedAccuracyLarge)}."
            : $"{set}. Of those that exit, {Amounts.Percent(1 - ((double)point.Disagreements / point.Exited))} get the answer that {findings.LargeModel} gives.";
    }

    private static Figure Histogram(SaverEvaluation saver, Findings findings, int index)
    {
        int right = saver.Histogram.Sum(b => b.Right);
        int wrong = saver.Histogram.Sum(b => b.Wrong);
        (string good, string bad) = findings.Labelled ? ("right", "wrong") : ($"answers as {findings.LargeModel}", "answers otherwise");
        double Up(HistogramBin bin) => right == 0 ? 0 : (double)bin.Right / right;
        double Down(HistogramBin bin) => wrong == 0 ? 0 : (double)bin.Wrong / wrong;
        double high = Math.Max(saver.Histogram.Max(Up), 0.01) * 1.15;
        double low = Math.Max(saver.Histogram.Max(Down), 0.01) * 1.15;
        ReportedSaver? setting = index < findings.Savers.Count ? findings.Savers[index] : null;
        return new Figure
        {
            Id = $"confidence-{index + 1}",
            Title = $"{saver.Name}: confidence where {(findings.Labelled ? "right and wrong" : "it agrees and differs")}",
            Reading = "Upwards the share of one kind of answers, downwards of the other. The less of the lower lies right of the threshold, the better.",
            Legend =
            [
                new LegendEntry("right", "bar", $"{good} ({Wording.Count(right, "image")})"),
                new LegendEntry("wrong", "bar", $"{bad} ({Wording.Count(wrong, "image")})"),
            ],
            Draw = size =>
            {
                var plot = new Plot(
                    size,
                    new LinearScale(0, 1, (value, _) => Amounts.Number(value, 1)),
                    new LinearScale(-low, high, (value, step) => Amounts.Percent(Math.Abs(value), step < 0.01 ? 1 : 0)),
                    setting is null ? "confidence" : Wording.Measure(setting.Measure, setting.Temperature),
                    "Share of each kind");
                foreach (HistogramBin bin in saver.Histogram)
                {
                    // A gap of a tenth of a bin tells neighbours apart.
                    double gap = (bin.High - bin.Low) * 0.05;
                    string range = $"{Amounts.Number(bin.Low, 2)} to {Amounts.Number(bin.High, 2)}";
                    if (bin.Right > 0)
                        plot.Bar(bin.Low + gap, 0, bin.High - gap, Up(bin), "right", $"{range}: {Wording.Count(bin.Right, "image")}, {good}");
                    if (bin.Wrong > 0)
                        plot.Bar(bin.Low + gap, 0, bin.High - gap, -Down(bin), "wrong", $"{range}: {Wording.Count(bin.Wrong, "image")}, {bad}");
                }

                if (setting is not null)
                    plot.VerticalRule(setting.Threshold, "chosen", $"exits from {Wording.Threshold(setting.Threshold)}");
                return plot;
            },
        };
    }

    private static Figure? Reliability(EvaluationResult test, Findings findings)
    {
        List<(string Name, string Css, Reliability Reliability)> models = [];
        foreach (SaverEvaluation saver in test.Savers)
        {
            if (saver.Reliability is { } reliability)
                models.Add((saver.Name, $"s{models.Count + 1}", reliability));
        }

        if (test.LargeReliability is { } large)
            models.Add((findings.LargeModel, "large", large));
        if (models.Count == 0)
            return null;

        return new Figure
        {
            Id = "reliability",
            Title = "Reliability",
            Reading = "On the dashed line a model is right as often as it claims; below it, it claims too much. Larger points stand for more images; the line leaves out bins of fewer than 10.",
            Legend = [.. models.Select(m => new LegendEntry(m.Css, "point", $"{m.Name}: calibration error {Amounts.Percent(m.Reliability.ExpectedCalibrationError)}"))],
            Draw = size =>
            {
                var plot = new Plot(size, LinearScale.OfShares(0, 1), LinearScale.OfShares(0, 1), "highest probability", "Accuracy");
                plot.Diagonal(0, 0, 1, 1, "limit");
                foreach ((string name, string css, Reliability reliability) in models)
                    Draw(plot, name, css, reliability);

                return plot;
            },
        };
    }

    private static void Draw(Plot plot, string name, string css, Reliability reliability)
    {
        ReliabilityBin[] bins = [.. reliability.Bins.Where(b => b.Images > 0)];
        int images = bins.Sum(b => b.Images);

        // What a handful of images say is chance: it shows as a point, but does not bend the line.
        plot.Line(bins.Where(b => b.Images >= FewImages).Select(b => (b.MeanConfidence!.Value, b.Accuracy!.Value)), css + " thin");
        foreach (ReliabilityBin bin in bins)
        {
            // By area, as eyes compare them, but never too small to be hit by a pointer.
            double radius = 2.5 + (6 * Math.Sqrt((double)bin.Images / images));
            plot.Point(
                bin.MeanConfidence!.Value,
                bin.Accuracy!.Value,
                radius,
                css,
                $"{name}: {Wording.Count(bin.Images, "image")}, claims {Amounts.Percent(bin.MeanConfidence)}, has {Amounts.Percent(bin.Accuracy)} right");
        }
    }
}
