using System.Xml.Linq;
using TinySaver.Calibration.Costs;
using TinySaver.Calibration.Planning;

namespace TinySaver.Reports.Tests;

public sealed class PlanPageTests
{
    /// <summary>A day with a burst, one image of five escalated.</summary>
    public static PlanReport Example { get; } = Simulate(Arrivals.Of([(0, 2_000), (36_000, 10_000), (37_200, 0), (40_000, 5_000)]));

    [Fact]
    public void Write_Plan_SaysWhatWasSimulated()
    {
        ReportDocument page = new(PlanPage.Write(Example));
        (PlanOutcome cascade, PlanOutcome alone) = (Example.Cascade, Example.LargeOnly);

        Assert.Equal($"17,000 images a day cost {Dollars(Example.CascadeBill)} a month", page.Answer);
        Assert.Contains($"within {Amounts.Time(cascade.Latency.Quantile(0.95))} of their upload", page.Prose, StringComparison.Ordinal);
        Assert.Contains($"those that escalate within {Amounts.Time(cascade.Escalated.Quantile(0.95))}", page.Prose, StringComparison.Ordinal);
        Assert.Equal(
            [
                $"cascade {cascade.Latency.Count:N0} {Times(cascade.Latency)}",
                $"those of it that escalate {cascade.Escalated.Count:N0} {Times(cascade.Escalated)}",
                $"large model alone {alone.Latency.Count:N0} {Times(alone.Latency)}",
            ],
            Rows(page, "Latency"));
        Assert.Equal($"Total {Dollars(Example.LargeOnlyBill)} {Dollars(Example.CascadeBill)}", Rows(page, "US dollars a month")[^1]);
        Assert.Equal(Example.Platform.Facts.Count, Rows(page, "Platform").Length);
        Assert.True(cascade.Escalated.Quantile(0.95) > 2 * cascade.Latency.Quantile(0.5));
    }

    [Fact]
    public void Write_Plan_DrawsEverySideInEachPartOfTheDay()
    {
        ReportDocument page = new(PlanPage.Write(Example));

        Assert.Equal(
            ["images/s", "cascade, escalated, large model alone", "for the tiny app, escalated, large model alone", "tiny instances", "cascade, large model alone"],
            page.Charts.Where((_, i) => i % ChartsAFigure == 0).Select(c => string.Join(", ", Lines(c).Select(l => l.Text is "uploads" ? "images/s" : l.Text))));
        Assert.All(page.Charts.Where((_, i) => i / ChartsAFigure != 1).SelectMany(Lines), line => Assert.Equal(PlanSimulation.CurveParts, line.Points));

        // Nobody uploads between 10:20 and 11:06: there is no latency to draw.
        Assert.All(Lines(page.Charts[ChartsAFigure]), line => Assert.InRange(line.Points, 150, PlanSimulation.CurveParts - 9));
        Assert.Contains(page.Charts[ChartsAFigure].Descendants(ReportDocument.Svg + "text"), t => t.Value == "1 min");
    }

    [Fact]
    public void Write_OneReplicaAtMost_MarksOnlyWholeReplicas()
    {
        ReportDocument page = new(PlanPage.Write(Example));

        Assert.Equal(1, Example.Cascade.LargeUse.Curve.Instances.Max());
        Assert.All(page.Charts[(4 * ChartsAFigure)..], chart => Assert.Equal(
            ["0", "1"], chart.Descendants(ReportDocument.Svg + "text").Where(t => (string?)t.Attribute("text-anchor") == "end" && t.Value is not ("" or "hour")).Select(t => t.Value).Order()));
    }

    [Fact]
    public void Write_TextsWithMarkup_AreTexts()
    {
        const string Odd = "<script>alert(\"1 & 2\")</script>";
        ReportDocument page = new(PlanPage.Write(Example with { Command = Odd + "c", Settings = [Odd + "s"], Warnings = [Odd + "w"] }));

        Assert.Empty(page.Root.Descendants("script"));
        Assert.Equal([Odd + "s", Odd + "c"], page.Root.Descendants("code").Select(c => c.Value));
        Assert.Equal("Mind: " + Odd + "w", page.Root.Descendants("p").Single(p => (string?)p.Attribute("class") == "warning").Value);
        Assert.Equal("unsure", page.Tone);
    }

    [Fact]
    public void Write_NothingEscalates_HasNoRowAndNoWordOfIt()
    {
        ReportDocument page = new(PlanPage.Write(Simulate(Arrivals.Steady(0.1), exitRate: 1)));

        Assert.Equal(2, Rows(page, "Latency").Length);
        Assert.DoesNotContain("those that escalate within", page.Prose, StringComparison.Ordinal);
    }

    private static int ChartsAFigure => 2;

    private static PlanReport Simulate(Arrivals arrivals, double exitRate = 0.8)
    {
        var day = new PlanSimulation(arrivals, exitRate, new(), Prices.Default.Function, seed: 3);
        var large = new LargeSettings(16, 0.01, 0, 1, Gpu: true);
        PlanOutcome cascade = day.Cascade(new(2048, 1, 8, 0.02, 0.06, 40), [large])[0];
        PlanOutcome alone = day.LargeOnly([large])[0];
        return new("tinysaver plan", DateTimeOffset.UnixEpoch, arrivals, cascade, alone, Bill(cascade), Bill(alone), ["azd env set A 1"], day.Platform, []);

        IReadOnlyList<MonthLine> Bill(PlanOutcome outcome) => MonthlyCost.Of(outcome, arrivals, new(8, 56), new(2048, 1, 1, 1), Prices.Default);
    }

    private static string Dollars(IReadOnlyList<MonthLine> bill) => Wording.Dollars(bill.Sum(l => l.Dollars)).Replace('\u00a0', ' ');

    private static string Times(LatencyCurve latency) =>
        string.Join(' ', new[] { latency.Mean, latency.Quantile(0.5), latency.Quantile(0.95), latency.Quantile(0.99) }.Select(s => Amounts.Time(s)));

    private static string[] Rows(ReportDocument page, string table) =>
        [.. page.Root.Descendants("div").Single(d => (string?)d.Attribute("aria-label") == table).Descendants("tbody").Elements("tr").Select(r => string.Join(' ', r.Elements().Select(c => c.Value.Replace('\u00a0', ' '))))];

    private static IEnumerable<(string Text, int Points)> Lines(XElement chart) => chart.Descendants(ReportDocument.Svg + "polyline")
        .Select(l => (l.Element(ReportDocument.Svg + "title")!.Value, ((string)l.Attribute("points")!).Split(' ').Length));
}
