using Spectre.Console;
using TinySaver.Calibration.Evaluation;
using TinySaver.Calibration.Guarantees;
using TinySaver.Cli.Output;
using TinySaver.Cli.Predictions;
using TinySaver.Core.Cascade;
using TinySaver.Reports;

namespace TinySaver.Cli.Evaluate;

/// <summary>Shows an evaluation to a person.</summary>
internal static class EvaluationView
{
    // ImageNet has a thousand classes; the report has them all.
    private const int MostClasses = 15;

    /// <summary>Writes the figures, the classes that lose and whether the promise held.</summary>
    public static void Write(Terminal terminal, CascadePolicy policy, EvaluationResult result, IReadOnlyList<string> labels, PredictionSet large, string? report)
    {
        IAnsiConsole console = terminal.Results;
        console.Write(FactTable.Of(Lines(policy, result, large)));
        WriteClasses(console, result.Classes, labels);
        if (report is not null)
            console.WriteLine($"Report: {report}");
    }

    private static IEnumerable<(string Name, string Value, string Remark)> Lines(CascadePolicy policy, EvaluationResult result, PredictionSet large)
    {
        OperatingPoint point = result.Point;
        yield return ("Images", $"{point.Samples:N0}", $"policy {policy.Id}");
        foreach (SaverEvaluation saver in result.Savers)
            yield return ($"Saver {saver.Name}", Amounts.Percent(saver.Accuracy, 2), $"accuracy {(saver.Pooled ? "with the savers before it" : "alone")}; decides {Amounts.Percent(saver.Decided)}{Ece(saver.Reliability)}");

        yield return ($"Large {large.Name}", Amounts.Percent(point.AccuracyLarge, 2), $"accuracy alone{Ece(result.LargeReliability)}");
        yield return ("Cascade", Amounts.Percent(point.AccuracyCascade, 2), $"agreement with large {Amounts.Percent(point.Agreement, 2)}");
        if (result.DropInterval is { } drop)
            yield return ("Accuracy drop", $"{(point.Unlabelled > 0 ? "at most " : "")}{point.AccuracyDrop * 100:0.00} points", FormattableString.Invariant($"{drop.Low * 100:0.00} to {drop.High * 100:0.00} with {drop.Level:P0} confidence; {point.Losses} images lost, {point.Gains} gained") + (point.Unlabelled > 0 ? $"; {point.Unlabelled:N0} of the lost have no label" : ""));

        if (result.Pooled is { } pooled)
            yield return ("Pooling", $"{pooled.Changed:N0} answers changed", pooled is { Gained: { } won, Lost: { } lost } ? $"of the escalated images; {won:N0} for the better, {lost:N0} for the worse" : "of the escalated images");

        yield return ("Exit rate", Amounts.Percent(point.ExitRate), $"{Amounts.Percent(result.ExitRateInterval.Low)} to {Amounts.Percent(result.ExitRateInterval.High)}");
        yield return ("ΔC", Amounts.Percent(point.DeltaC), point.DeltaC < 0 ? $"{Amounts.Percent(-point.DeltaC)} of the large model's compute saved" : "costs more than it saves");
        yield return ("Promise", result.Guarantee is null ? "none" : Name(result.Guarantee.Verdict), Promise(result.Guarantee));
    }

    private static void WriteClasses(IAnsiConsole console, IReadOnlyList<ClassRow> classes, IReadOnlyList<string> labels)
    {
        if (classes.Count == 0)
            return;

        Table table = new Table().Border(TableBorder.Rounded).AddColumns("class", "images", "saver", "large", "cascade", "drop", "exit rate");
        foreach (ClassRow row in classes.OrderByDescending(c => c.Losses - c.Gains).ThenBy(c => c.Class).Take(MostClasses))
        {
            table.AddRow(
                Markup.Escape(row.Class < labels.Count ? labels[row.Class] : $"{row.Class}"),
                $"{row.Images:N0}",
                Amounts.Percent(row.AccuracySaver),
                Amounts.Percent(row.AccuracyLarge),
                Amounts.Percent(row.AccuracyCascade),
                Amounts.Percent(row.AccuracyDrop, 2),
                Amounts.Percent(row.ExitRate));
        }

        console.Write(table);
        if (classes.Count > MostClasses)
            console.WriteLine($"The {MostClasses} classes of {classes.Count} that lose most; --json and --report have them all.");
    }

    private static string Ece(Reliability? reliability) => reliability is null ? "" : $", calibration error {Amounts.Percent(reliability.ExpectedCalibrationError)}";

    private static string Name(GuaranteeVerdict verdict) => verdict switch
    {
        GuaranteeVerdict.Held => "held",
        GuaranteeVerdict.Broken => "broken",
        _ => "not refuted",
    };

    private static string Promise(GuaranteeCheck? promise) => promise is null
        ? "the policy's rule promises nothing"
        : FormattableString.Invariant($"{new Guarantee(promise.Risk, promise.Epsilon, promise.Delta).Statement} with {1 - promise.Delta:P0} confidence; observed {promise.Observed * 100:0.00} %");
}
