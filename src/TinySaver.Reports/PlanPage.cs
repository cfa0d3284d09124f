using System.Globalization;
using System.Xml.Linq;
using TinySaver.Calibration.Planning;
using TinySaver.Reports.Charts;

namespace TinySaver.Reports;

/// <summary>What a plan's page tells.</summary>
/// <param name="Command">The command line that wrote it.</param>
/// <param name="CreatedAt">When it was written.</param>
/// <param name="Arrivals">The uploads.</param>
/// <param name="Cascade">The simulated day of the cascade, with curves.</param>
/// <param name="LargeOnly">That of the large model alone, with curves.</param>
/// <param name="CascadeBill">A month of the cascade.</param>
/// <param name="LargeOnlyBill">A month of the large model alone, in the same lines.</param>
/// <param name="Settings">What to type to deploy it so.</param>
/// <param name="Platform">The numbers of the platform.</param>
/// <param name="Warnings">What to know before believing it.</param>
public sealed record PlanReport(
    string Command, DateTimeOffset CreatedAt, Arrivals Arrivals, PlanOutcome Cascade, PlanOutcome LargeOnly, IReadOnlyList<MonthLine> CascadeBill,
    IReadOnlyList<MonthLine> LargeOnlyBill, IReadOnlyList<string> Settings, Platform Platform, IReadOnlyList<string> Warnings);

/// <summary>Writes a plan as one self-contained HTML file in the look of the report.</summary>
public static class PlanPage
{
    /// <summary>Writes the page.</summary>
    /// <returns>The HTML text.</returns>
    public static string Write(PlanReport plan)
    {
        double cascade = plan.CascadeBill.Sum(l => l.Dollars);
        double largeOnly = plan.LargeOnlyBill.Sum(l => l.Dollars);
        string title = $"{Amounts.Number(plan.Arrivals.Total * Arrivals.Day / plan.Arrivals.Seconds, 0)} images a day cost {Wording.Dollars(cascade)} a month";
        XElement body = Html.Element(
            "body",
            null,
            Html.Element(
                "main",
                null,
                Html.Element(
                    "header",
                    plan.Warnings.Count > 0 ? "unsure" : cascade < largeOnly ? "good" : "bad",
                    Html.Element("p", "kicker", "TinySaver plan"),
                    Html.Element("h1", null, title),
                    Html.Element("p", "lead", $"95 % of the images have their final label within {P95(plan.Cascade.Latency)} of their upload{Escalated(plan.Cascade)}. The large model alone, on the same hardware: {Wording.Dollars(largeOnly)}, {P95(plan.LargeOnly.Latency)}."),
                    plan.Warnings.Select(w => Html.Element("p", "warning", Html.Element("strong", null, "Mind: "), w))),
                Html.Section("The day", "Simulated image by image, in parts of five minutes for a single day; it begins with nothing running.", Html.Element("div", "figures", Figures(plan).Select(f => f.ToHtml()))),
                Latencies(plan),
                Bill(plan),
                Html.Section("Settings", null, Html.Element("pre", null, Html.Element("code", null, string.Join('\n', plan.Settings)))),
                Html.Section("The platform", "Inputs; what is assumed should be measured and given with --platform.", Html.Table("Platform", plan.Platform.Facts, ("number", f => f.Name), ("#value", f => f.Value.ToString("0.###", CultureInfo.InvariantCulture)), ("source", f => f.Source))),
                Html.Section("To make it again", plan.CreatedAt.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture), Html.Element("pre", null, Html.Element("code", null, plan.Command)))));
        return Page.Of(title, body);
    }

    private static IEnumerable<Figure> Figures(PlanReport plan)
    {
        FleetCurve tiny = plan.Cascade.TinyUse!.Curve, large = plan.Cascade.LargeUse.Curve, only = plan.LargeOnly.LargeUse.Curve;
        int parts = tiny.Instances.Length;
        yield return Of("uploads", "Uploads", "Images a second, on average over each part.", "images/s", plan, [new("s1 strong", "uploads", Uploads(plan.Arrivals, parts))], Axis.Rate);
        yield return Of("latency", "Latency by time of upload", "Within this time 95 % of the images that were uploaded then have their final label, of all, and of those that escalate. The axis is logarithmic.", "p95", plan,
            [new("s1 strong", "cascade", plan.Cascade.Latency.Quantiles(0.95)), new("s2 strong", "escalated", plan.Cascade.Escalated.Quantiles(0.95)), new("large", "large model alone", plan.LargeOnly.Latency.Quantiles(0.95))], Axis.Time);
        yield return Of("waiting", "Waiting images", "The most that wait at once in each part: for the tiny app, for the large app, and for the large model alone.", "images", plan,
            [new("s1 strong", "for the tiny app", Doubles(tiny.Waiting)), new("s2 strong", "escalated", Doubles(large.Waiting)), new("large", "large model alone", Doubles(only.Waiting))]);
        yield return Of("instances", "Tiny instances", "The most that run at once in each part.", "running", plan, [new("s1 strong", "tiny instances", Doubles(tiny.Instances))]);
        yield return Of("replicas", "Large replicas", "The most that run at once in each part, and are paid for.", "running", plan,
            [new("s2 strong", "cascade", Doubles(large.Instances)), new("large", "large model alone", Doubles(only.Instances))]);
    }

    private static Figure Of(string id, string title, string reading, string unit, PlanReport plan, CurveLine[] lines, Axis kind = Axis.Count) => new()
    {
        Id = id,
        Title = title,
        Reading = reading,
        Legend = lines.Length == 1 ? [] : [.. lines.Select(l => new LegendEntry(l.Css, "line", l.Text))],
        Draw = size => Draw(size, unit, plan.Arrivals.Seconds / 3600, lines, kind),
    };

    private static Plot Draw(ChartSize size, string unit, double hours, CurveLine[] lines, Axis kind)
    {
        double high = lines.Max(l => l.Values.Max());
        Scale scale = kind == Axis.Time
            ? new TimeScale(Math.Max(2, high * 1.3))
            : new LinearScale(0, Math.Max(1, high * 1.08), (v, step) => step >= 1 ? Amounts.Number(v, 0) : kind == Axis.Rate ? Amounts.Number(v, 1) : v % 1 == 0 ? Amounts.Number(v, 0) : "");
        var plot = new Plot(size, new LinearScale(0, hours, (v, _) => v.ToString("0.#", CultureInfo.InvariantCulture)), scale, "hour", unit);
        foreach (CurveLine line in lines)
        {
            // A part without uploads has no latency: the line goes on at the next that has one.
            plot.Line(line.Values.Index().Where(v => kind != Axis.Time || v.Item > 0).Select(v => ((v.Index + 0.5) * hours / line.Values.Length, v.Item)), line.Css, line.Text);
        }

        return plot;
    }

    private static string P95(LatencyCurve latency) => Amounts.Time(latency.Quantile(0.95));

    private static string Escalated(PlanOutcome cascade) =>
        cascade.Escalated.Count > 0 ? $", 95 % of those that escalate within {P95(cascade.Escalated)}" : "";

    private static double[] Uploads(Arrivals arrivals, int parts)
    {
        double[] images = new double[parts];
        double part = arrivals.Seconds / parts;
        for (int i = 0; i < arrivals.Images.Count; i++)
        {
            // A step lies in one part, or is longer than it and has parts of its own.
            int first = (int)(i * arrivals.StepSeconds / part);
            int last = Math.Max(first + 1, (int)((i + 1) * arrivals.StepSeconds / part));
            for (int at = first; at < Math.Min(last, parts); at++)
                images[at] += arrivals.Images[i] / (last - first) / part;
        }

        return images;
    }

    private static XElement Latencies(PlanReport plan) => Html.Section("Latency", "From the upload to the final label.", Html.Table(
        "Latency",
        new[] { ("cascade", plan.Cascade.Latency), ("those of it that escalate", plan.Cascade.Escalated), ("large model alone", plan.LargeOnly.Latency) }.Where(row => row.Item2.Count > 0),
        ("", row => row.Item1),
        ("#images", row => Amounts.Number(row.Item2.Count, 0)),
        ("#mean", row => Amounts.Time(row.Item2.Mean)),
        ("#p50", row => Amounts.Time(row.Item2.Quantile(0.5))),
        ("#p95", row => P95(row.Item2)),
        ("#p99", row => Amounts.Time(row.Item2.Quantile(0.99)))));

    private static XElement Bill(PlanReport plan)
    {
        (string Item, double LargeOnly, double Cascade)[] lines = [.. plan.CascadeBill.Zip(plan.LargeOnlyBill, (c, l) => (c.Item, l.Dollars, c.Dollars))];
        return Html.Section("Money", $"US dollars for a month of 30 such days, before tax and free grants. Replica hours a day: {ReplicaHours(plan, plan.LargeOnly)} with the large model alone, {ReplicaHours(plan, plan.Cascade)} with the cascade.", Html.Table(
            "US dollars a month",
            lines.Append((Item: "Total", LargeOnly: lines.Sum(l => l.LargeOnly), Cascade: lines.Sum(l => l.Cascade))),
            ("a month", l => l.Item),
            ("#large only", l => Wording.Dollars(l.LargeOnly)),
            ("#cascade", l => Wording.Dollars(l.Cascade))));
    }

    private static string ReplicaHours(PlanReport plan, PlanOutcome outcome) => Amounts.Number(outcome.LargeUse.InstanceSeconds / 3600 * Arrivals.Day / plan.Arrivals.Seconds, 1);

    private static double[] Doubles(int[] values) => [.. values.Select(v => (double)v)];

    private enum Axis
    {
        Count,
        Rate,
        Time,
    }

    private sealed record CurveLine(string Css, string Text, double[] Values);
}
