using System.Globalization;
using Spectre.Console;
using TinySaver.Calibration.Evaluation;
using TinySaver.Calibration.Search;
using TinySaver.Cli.Output;
using TinySaver.Cli.Search;
using TinySaver.Reports;

namespace TinySaver.Cli.Recalibrate;

/// <summary>Shows a recalibration to a person, with what it assumes.</summary>
internal static class RecalibrationView
{
    /// <summary>Writes the answer, both policies side by side, and what the promise rests on.</summary>
    public static void Write(Terminal terminal, RecalibrationSummary summary, SearchResult result, EvaluationResult? after, string account)
    {
        IAnsiConsole console = terminal.Results;
        console.MarkupLineInterpolated($"[bold]{SearchView.Sentence(result, after)}[/]");
        if (summary.NoCascade is { } none)
        {
            console.WriteLine(none.Explanation);
            if (none.SamplesNeeded is { } needed)
                console.WriteLine($"About {needed:N0} audits would do, with a chance of 80 %; {result.Samples:N0} chose. Until then the safe mode keeps the promise, at the large model's price.");
        }

        Table table = new Table().Border(TableBorder.Rounded).AddColumns("on the audits set aside", "images", "agreement", "drop", "exit rate", "ΔC", "its promise");
        Add(table, $"present {summary.Present}", summary.Before, summary.BeforePromise);
        Add(table, $"new {summary.New}", summary.After, summary.AfterPromise);
        console.Write(table);
        console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"It rests on {summary.Audits:N0} audits from {summary.From.UtcDateTime:yyyy-MM-dd HH:mm} to {summary.To.UtcDateTime:yyyy-MM-dd HH:mm} UTC: images drawn evenly from all that came then. The promise is for images like those; about earlier and later ones it says nothing.{(summary.LeftOut > 0 ? $" {summary.LeftOut:N0} audits were left out: of other models, or of images that are gone." : "")}"));
        console.WriteLine(summary.Labels == 0
            ? "No label was used: what is bounded is how often the cascade differs from the large model, not how often either is right."
            : $"{summary.Labels:N0} reviews counted as labels; a difference without one counted as a loss.");
        if (summary.Policy is not null)
        {
            console.WriteLine($"Policy: {summary.Policy}" + (summary.Published ? $", published to {account}; the apps take it over within a minute."
                : summary.AfterPromise?.Verdict == GuaranteeVerdict.Broken ? ", not to be published: the audits set aside break its promise."
                : $". Publish it with `tinysaver policy publish {summary.Policy}`."));
        }
    }

    private static void Add(Table table, string name, OperatingPoint? point, GuaranteeCheck? promise)
    {
        if (point is not null)
        {
            table.AddRow(
                Markup.Escape(name), $"{point.Samples:N0}", Amounts.Percent(point.Agreement, 2), Amounts.Percent(point.AccuracyDrop, 2), Amounts.Percent(point.ExitRate), Amounts.Percent(point.DeltaC),
                promise?.Verdict switch { GuaranteeVerdict.Held => "held", GuaranteeVerdict.AboveWithinError => "above, within chance", GuaranteeVerdict.Broken => "broken", _ => "–" });
        }
    }
}
