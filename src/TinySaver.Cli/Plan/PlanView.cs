using Spectre.Console;
using TinySaver.Calibration.Planning;
using TinySaver.Reports;

namespace TinySaver.Cli.Plan;

/// <summary>Shows a plan to a person.</summary>
internal static class PlanView
{
    /// <summary>Writes both sides beside each other, the bill, and what to type.</summary>
    public static void Write(IAnsiConsole console, PlanSummary plan)
    {
        (PlanSide cascade, PlanSide alone) = (plan.Cascade, plan.LargeOnly);
        Table table = new Table().Border(TableBorder.Rounded).AddColumn("").AddColumn(new TableColumn("cascade").RightAligned()).AddColumn(new TableColumn("large model alone").RightAligned());
        Row("Images a day", side => Amounts.Number(plan.ImagesPerDay, 0));
        Row("Escalated", side => Amounts.Percent(side.LargeShare));
        Row("Latency p50", side => Amounts.Time(side.P50));
        Row("Latency p95", side => Amounts.Time(side.P95));
        Row("Latency p99", side => Amounts.Time(side.P99));
        Row("Latency p95 of the escalated", side => side.LargeShare > 0 ? Amounts.Time(side.EscalatedP95) : "–");
        Row("Most waiting for tiny", side => side.TinyBacklog is { } n ? Amounts.Number(n, 0) : "–");
        Row("Most waiting for large", side => Amounts.Number(side.LargeBacklog, 0));
        Row("Most tiny instances", side => side.Instances is { } n ? Amounts.Number(n, 0) : "–");
        Row("Most replicas", side => Amounts.Number(side.Replicas, 0));
        Row("Replica hours a day", side => Amounts.Number(side.ReplicaHoursPerDay, 2));
        foreach ((MonthLine here, MonthLine there) in cascade.Bill.Zip(alone.Bill))
            table.AddRow(Markup.Escape("$ " + here.Item), Amounts.Number(here.Dollars, 2), Amounts.Number(there.Dollars, 2));

        table.AddRow("[bold]$ a month[/]", $"[bold]{Amounts.Number(cascade.DollarsPerMonth, 2)}[/]", $"[bold]{Amounts.Number(alone.DollarsPerMonth, 2)}[/]");
        console.Write(table);
        console.WriteLine($"Tiny {plan.TinyMilliseconds:0.##} ms of CPU an image, large {plan.LargeMilliseconds:0.##} ms; a month of 30 such days, before tax and free grants.");
        foreach (string command in plan.Settings)
            console.WriteLine(command);

        if (plan.Html is not null)
            console.WriteLine($"Page: {plan.Html}");

        void Row(string name, Func<PlanSide, string> value) => table.AddRow(name, value(cascade), value(alone));
    }
}

/// <summary>What <c>tinysaver plan --json</c> prints.</summary>
/// <param name="Policy">The policy's id.</param>
/// <param name="ExitRate">Share of the images that exit at the savers.</param>
/// <param name="ImagesPerDay">Images of a day, on average.</param>
/// <param name="TinyMilliseconds">CPU milliseconds of an image in the tiny app.</param>
/// <param name="LargeMilliseconds">Milliseconds of an image in a full batch of the large model.</param>
/// <param name="P95Aim">The aim in seconds; null without one.</param>
/// <param name="Keeps">Whether the cascade keeps up, and keeps the aim.</param>
/// <param name="Cascade">The cascade.</param>
/// <param name="LargeOnly">The large model alone.</param>
/// <param name="Settings">What to type to deploy it so.</param>
/// <param name="Platform">The numbers of the platform.</param>
/// <param name="Html">The page that was written.</param>
internal sealed record PlanSummary(
    string Policy, double ExitRate, double ImagesPerDay, double TinyMilliseconds, double LargeMilliseconds, double? P95Aim, bool Keeps,
    PlanSide Cascade, PlanSide LargeOnly, IReadOnlyList<string> Settings, IReadOnlyList<PlatformFact> Platform, string? Html);

/// <summary>One deployment of a plan.</summary>
/// <param name="LargeShare">Share of the images that the large model labels.</param>
/// <param name="Mean">Mean seconds from upload to final label.</param>
/// <param name="P50">Their median.</param>
/// <param name="P95">Their 95 % quantile.</param>
/// <param name="P99">Their 99 % quantile.</param>
/// <param name="EscalatedP95">The 95 % quantile of those alone that the large model labelled; 0 where there are none.</param>
/// <param name="LastLabel">When the last image is labelled, in seconds from the beginning.</param>
/// <param name="TinyBacklog">The most images that wait for the tiny app.</param>
/// <param name="LargeBacklog">The most that wait for the large one.</param>
/// <param name="Instances">The most tiny instances.</param>
/// <param name="ChargedSecondsPerDay">Charged seconds of tiny instances a day.</param>
/// <param name="Replicas">The most replicas.</param>
/// <param name="ReplicaHoursPerDay">Replica hours a day.</param>
/// <param name="DollarsPerMonth">US dollars a month.</param>
/// <param name="Bill">Line by line.</param>
internal sealed record PlanSide(
    double LargeShare, double Mean, double P50, double P95, double P99, double EscalatedP95, double LastLabel, int? TinyBacklog, int LargeBacklog, int? Instances,
    double? ChargedSecondsPerDay, int Replicas, double ReplicaHoursPerDay, double DollarsPerMonth, IReadOnlyList<MonthLine> Bill)
{
    /// <summary>What a simulated time tells.</summary>
    public static PlanSide Of(PlanOutcome outcome, Arrivals arrivals, IReadOnlyList<MonthLine> bill)
    {
        double days = arrivals.Seconds / Arrivals.Day;
        FleetUse large = outcome.LargeUse;
        return new(
            outcome.Escalated.Count / (double)outcome.Latency.Count, outcome.Latency.Mean, outcome.Latency.Quantile(0.5), outcome.Latency.Quantile(0.95), outcome.Latency.Quantile(0.99), outcome.Escalated.Quantile(0.95), outcome.LastLabel,
            outcome.TinyUse?.Curve.Waiting.Max(), large.Curve.Waiting.Max(), outcome.TinyUse?.Curve.Instances.Max(), outcome.TinyUse?.ChargedSeconds / days,
            large.Curve.Instances.Max(), large.InstanceSeconds / 3600 / days, bill.Sum(l => l.Dollars), bill);
    }
}
