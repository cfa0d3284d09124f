using Spectre.Console;
using TinySaver.Calibration.Costs;
using TinySaver.Calibration.Evaluation;
using TinySaver.Calibration.Search;
using TinySaver.Cli.Output;
using TinySaver.Core.Cascade;
using TinySaver.Core.Names;
using TinySaver.Reports;

namespace TinySaver.Cli.Search;

/// <summary>Shows a search's result to a person.</summary>
internal static class SearchView
{
    // The report and --json have every candidate.
    private const int MostCandidates = 12;

    /// <summary>Writes the answer, the figures and the candidates.</summary>
    public static void Write(Terminal terminal, SearchResult result, EvaluationResult? test, CostEstimate? costs, string? policyPath, string? reportPath, string? reviewPath = null, ReviewList? review = null)
    {
        IAnsiConsole console = terminal.Results;
        console.MarkupLineInterpolated($"[bold]{Sentence(result, test)}[/]");
        if (result.NoCascade is { } none)
        {
            console.WriteLine(none.Explanation);
            if (none.SamplesNeeded is { } needed)
                console.WriteLine($"About {needed:N0} calibration images would do, with a chance of 80 %; there were {result.Samples:N0}.");
        }

        if (result.Choice is { } choice)
        {
            Table table = new Table().Border(TableBorder.Rounded).AddColumns("", "images", "large", "cascade", "drop", "agreement", "exit rate", "ΔC");
            AddPoint(table, "calibration", choice.Calibration, null);
            if (test is not null)
                AddPoint(table, "test", test.Point, test.DropInterval);

            console.Write(table);
            WriteCascade(console, choice, result.LargeModel, test);
        }

        WriteCandidates(console, result);
        if (result is { Labels: > 0, Labelled: false })
        {
            console.WriteLine($"Labels: {result.Labels:N0} count, of {result.Samples:N0} images" + (result.Choice?.Calibration is { } point
                ? $"; of {point.Disagreements:N0} on which the cascade and the large model differ {point.Unlabelled:N0} have none and count as losses." : "."));
        }

        if (costs is not null)
        {
            console.WriteLine(FormattableString.Invariant(
                $"A million images: ${costs.CascadePerMillion:N2} with the cascade, ${costs.LargeOnlyPerMillion:N2} with the large model alone; it breaks even at an exit rate of {Amounts.Percent(costs.BreakEvenExitRate)}."));
        }

        Wrote(console, "Policy", policyPath);
        Wrote(console, "Report", reportPath);
        if (review is not null)
        {
            console.WriteLine(review.Items.Count == 0
                ? $"Review: {reviewPath} is empty; no further label could let more be certified."
                : $"Review: {reviewPath} lists {review.Items.Count:N0} images. If none of them is a loss, {Amounts.Percent(review.CouldSave)} of compute could be saved instead of {Amounts.Percent(review.Saves)}. Fill in labels from the top and search again with --reviews {reviewPath}.");
        }
    }

    /// <summary>The answer in one sentence.</summary>
    public static string Sentence(SearchResult result, EvaluationResult? test)
    {
        if (result.Choice is not { } choice)
            return $"No cascade: the large model alone ({result.LargeModel}) is the recommendation.";

        OperatingPoint point = test?.Point ?? choice.Calibration;
        string where = test is null ? "the calibration images" : "the test images";
        string price = point.AccuracyDrop is { } drop
            ? drop < 0 ? FormattableString.Invariant($"and gains {-drop * 100:0.00} points of accuracy") : FormattableString.Invariant($"at {(point.Unlabelled > 0 ? "most " : "")}{drop * 100:0.00} points of accuracy")
            : $"with {Amounts.Percent(point.Agreement, 2)} agreement with the large model";
        string promise = choice.Certificate is { } certificate
            ? $", {Certified(certificate)} with {Amounts.Percent(1 - certificate.Delta, 0)} confidence"
            : $", by the {result.Rule.Name()} rule, which promises nothing";
        string names = string.Join(" → ", choice.Savers.Select(s => s.Saver));
        string kept = test?.Guarantee?.Verdict switch
        {
            GuaranteeVerdict.AboveWithinError => "; the test images lie above that, within chance",
            GuaranteeVerdict.Broken => ", but the test images break that promise",
            _ => "",
        };
        string compute = point.DeltaC < 0 ? $"saves {Amounts.Percent(-point.DeltaC)} of compute" : $"costs {Amounts.Percent(point.DeltaC)} more compute";
        return $"{names} {compute} {price} on {where}{promise}{kept}.";
    }

    private static string Certified(Certificate certificate) => certificate switch
    {
        { Risk: RiskKind.AccuracyDrop, Epsilon: <= 0 } => $"certified to have {certificate.Guarantee.Statement}",
        { Risk: RiskKind.AccuracyDrop } => FormattableString.Invariant($"certified at most {certificate.Epsilon * 100:0.##} points"),
        _ => FormattableString.Invariant($"certified at most {certificate.Epsilon * 100:0.##} % disagreement"),
    };

    private static void AddPoint(Table table, string name, OperatingPoint point, Interval? drop) => table.AddRow(
        name,
        $"{point.Samples:N0}",
        Amounts.Percent(point.AccuracyLarge, 2),
        Amounts.Percent(point.AccuracyCascade, 2),
        Drop(point) + (drop is null ? "" : FormattableString.Invariant($" ({drop.Low * 100:0.00} to {drop.High * 100:0.00})")),
        Amounts.Percent(point.Agreement, 2),
        Amounts.Percent(point.ExitRate),
        Amounts.Percent(point.DeltaC));

    // Where images without a label may be losses, no more than this.
    private static string Drop(OperatingPoint point) => (point.Unlabelled > 0 ? "≤ " : "") + Amounts.Percent(point.AccuracyDrop, 2);

    // What will run, whole: a chain has a threshold at each saver, and none of them is that saver's own in the table of candidates.
    private static void WriteCascade(IAnsiConsole console, CascadeChoice choice, string large, EvaluationResult? test)
    {
        Table table = new Table().Border(TableBorder.Rounded).AddColumns("cascade", "measure", "T", "cost", "exits at");
        bool pools = choice.LargeWeights is not null || choice.Savers.Any(s => s.Weights is not null);
        if (pools)
            table.AddColumn("pooled with weights");
        if (test is not null)
            table.AddColumn("decides");

        for (int i = 0; i < choice.Savers.Count; i++)
        {
            SaverSetting saver = choice.Savers[i];
            List<string> cells =
            [
                Markup.Escape(saver.Saver), saver.Measure.Name(), Temperature(saver.Temperature), Amounts.Percent(saver.CostRatio, 2),
                FormattableString.Invariant($"≥ {saver.Threshold:0.0000}"),
            ];
            if (pools)
                cells.Add(Weights(saver.Weights));
            if (test is not null)
                cells.Add(Amounts.Percent(test.Savers[i].Decided));

            table.AddRow([.. cells]);
        }

        if (pools)
            table.AddRow([Markup.Escape(large), "", "", Amounts.Percent(1, 2), "the rest", Weights(choice.LargeWeights), .. test is null ? (string[])[] : [Amounts.Percent(1 - test.Point.ExitRate)]]);

        console.Write(table);
    }

    private static string Weights(IReadOnlyList<double>? weights) =>
        weights is null ? "–" : string.Join(", ", weights.Select(w => FormattableString.Invariant($"{w:0.00}")));

    private static void WriteCandidates(IAnsiConsole console, SearchResult result)
    {
        Table table = new Table().Border(TableBorder.Rounded).AddColumns("each alone", "measure", "T", "cost", "accuracy", "threshold", "exit rate", result.Labels > 0 ? "drop" : "differs", "ΔC", "");
        foreach (CandidateResult c in result.Candidates.Take(MostCandidates))
        {
            string style = c.Chosen ? "bold" : c.Certified || result.Choice?.Certificate is null ? "default" : "dim";
            string[] cells =
            [
                c.Saver,
                c.Measure.Name(),
                Temperature(c.Temperature),
                Amounts.Percent(c.CostRatio, 2),
                Amounts.Percent(c.Accuracy, 2),
                c.Threshold is { } threshold ? FormattableString.Invariant($"{threshold:0.0000}") : "–",
                Amounts.Percent(c.Point?.ExitRate),
                c.Point is { AccuracyDrop: not null } point ? Drop(point) : Amounts.Percent(1 - c.Point?.Agreement, 2),
                Amounts.Percent(c.Point?.DeltaC),
                Mark(c, result.Guarantee is not null),
            ];
            table.AddRow([.. cells.Select(cell => $"[{style}]{Markup.Escape(cell)}[/]")]);
        }

        console.Write(table);
        if (result.Candidates.Count > MostCandidates)
            console.WriteLine($"… and {result.Candidates.Count - MostCandidates} more candidates; --json and --report have them all.");
    }

    private static string Mark(CandidateResult c, bool promises) => c.Verdict switch
    {
        CandidateVerdict.CostsMore => "costs more",
        CandidateVerdict.NotCertified => "no threshold",
        _ when c.Chosen => "chosen",
        _ when c.Certified => "certified",
        _ when c.AboveLimit => "breaks the promise here",
        _ => promises ? "not tested" : "",
    };

    private static string Temperature(float temperature) => temperature == 1 ? "1" : FormattableString.Invariant($"{temperature:0.00}");

    private static void Wrote(IAnsiConsole console, string what, string? path)
    {
        if (path is not null)
            console.WriteLine($"{what}: {path}");
    }
}
