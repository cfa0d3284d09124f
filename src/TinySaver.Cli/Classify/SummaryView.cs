using Spectre.Console;
using TinySaver.Cli.Output;
using TinySaver.Core.Names;
using TinySaver.Reports;

namespace TinySaver.Cli.Classify;

/// <summary>Shows what a run over images came to.</summary>
internal static class SummaryView
{
    // Past this many failures the terminal shows how many more there are; the labels file has them all.
    private const int MaxFailuresShown = 20;

    /// <summary>Writes the summary as JSON, or for a person the failures and the summary table.</summary>
    /// <returns>The exit code of the run.</returns>
    public static int Write(Terminal terminal, ClassifySummary summary, IReadOnlyList<ImageOutcome> outcomes, bool json, bool cancelled)
    {
        JsonOutput.WriteOr(json, summary, () => Show(terminal, summary, outcomes));
        return cancelled ? ExitCode.Cancelled : summary.Failed > 0 ? ExitCode.SomeFailed : ExitCode.Success;
    }

    private static void Show(Terminal terminal, ClassifySummary summary, IReadOnlyList<ImageOutcome> outcomes)
    {
        WriteFailures(terminal, outcomes);
        terminal.Results.Write(FactTable.Of(Lines(summary)));
        if (summary.Labels is { } labels)
            terminal.Results.WriteLine($"Labels: {labels}");

        if (summary.Cancelled)
            terminal.Warn("stopped before the end; the figures and labels are of what was done so far.");
    }

    private static void WriteFailures(Terminal terminal, IReadOnlyList<ImageOutcome> outcomes)
    {
        ImageOutcome[] failed = [.. outcomes.Where(o => !o.IsLabelled)];
        foreach (ImageOutcome outcome in failed.Take(MaxFailuresShown))
            terminal.Progress.MarkupLineInterpolated($"[yellow]failed[/] {VisibleText.OneLine($"{outcome.Path}: {outcome.Row.ReasonDetail}")} [dim]({outcome.Row.Reason?.Name()})[/]");

        if (failed.Length > MaxFailuresShown)
            terminal.Say($"… and {failed.Length - MaxFailuresShown} more; --out writes them all.");
    }

    private static IEnumerable<(string Name, string Value, string Remark)> Lines(ClassifySummary s)
    {
        int labelled = s.LabelledByTiny + s.LabelledByLarge;
        yield return ("Images", $"{s.Images:N0}", s.Cancelled ? "so far" : "");
        yield return ("Labelled by tiny", $"{s.LabelledByTiny:N0}", s.SaverNames.Length == 0 ? "the policy has no saver" : $"{Amounts.Percent(s.ExitRate)} exit at {s.SaverNames}");
        yield return ("Escalated to large", $"{s.LabelledByLarge:N0}", $"labelled by {s.LargeName}");
        yield return ("Failed", $"{s.Failed:N0}", string.Join(", ", s.FailedByReason.Select(r => $"{r.Value} {r.Key.Name()}")));
        if (labelled == 0)
            yield break;

        if (s.Accuracy is not null)
        {
            string large = s.LargeAccuracy is null ? "" : $", large alone {Amounts.Percent(s.LargeAccuracy)}";
            string tiny = s.TinyAccuracy is null ? "" : $"tiny alone {Amounts.Percent(s.TinyAccuracy)}{large}";
            yield return ("Accuracy", Amounts.Percent(s.Accuracy), $"{tiny}; {s.ImagesWithTrueClass:N0} images with a known class");
        }

        if (s.AgreementWithLarge is not null)
            yield return ("Agreement", Amounts.Percent(s.AgreementWithLarge), "with the large model's answers");

        yield return ("Compute an image", $"{Amounts.Macs(s.MacsPerImage)} MACs", $"large alone {Amounts.Macs(s.LargeMacsPerImage)}: {Change(s.ComputeChange)}");
        string alone = s.LargeOnlySeconds is { } seconds
            ? $"large alone {Amounts.Seconds(seconds)}: {seconds / s.Seconds:F2} × as long"
            : s.DecodeSeconds is null ? "through storage, uploads included" : "--compare measures the large model alone";
        yield return ("Time", Amounts.Seconds(s.Seconds), alone);
        yield return ("Speed", $"{Amounts.Number(s.ImagesPerSecond, 1)} images/s", Shares(s));
    }

    private static string Change(double? change) => change switch
    {
        null => "–",
        < 0 => $"{Amounts.Percent(-change)} saved",
        _ => $"{Amounts.Percent(change)} more",
    };

    private static string Shares(ClassifySummary s)
    {
        double? total = s.DecodeSeconds + s.TinySeconds + s.LargeSeconds;
        return total > 0
            ? $"decoding {Amounts.Percent(s.DecodeSeconds / total, 0)}, tiny {Amounts.Percent(s.TinySeconds / total, 0)}, large {Amounts.Percent(s.LargeSeconds / total, 0)} of the time"
            : "";
    }
}
