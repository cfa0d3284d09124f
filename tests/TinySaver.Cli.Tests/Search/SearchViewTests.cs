using Spectre.Console;
using TinySaver.Calibration.Evaluation;
using TinySaver.Calibration.Search;
using TinySaver.Cli.Output;
using TinySaver.Cli.Search;
using TinySaver.Core.Cascade;
using TinySaver.Core.Confidence;

namespace TinySaver.Cli.Tests.Search;

public sealed class SearchViewTests
{
    private static readonly OperatingPoint Point = new(1000, 0.99, 0.987, 0.003, 0.99, 0.7, -0.6, 700, 5, 2, 10, 0, 0.98, 0.984);

    private static readonly Certificate Certificate = new(
        RiskKind.AccuracyDrop, 0.005, 0.05, CandidateCorrection.Split, 3, 0.0167, 200, 800, 1, 0, 1, 0, 9, 8);

    private static readonly SaverSetting Tiny = new("tiny", ConfidenceMeasure.Margin, 1, 0.9123, 0.01);
    private static readonly SaverSetting Small = new("small", ConfidenceMeasure.Entropy, 1.5f, 0.8234, 0.2);

    [Theory]
    [InlineData(GuaranteeVerdict.Held, "with 95 % confidence.")]
    [InlineData(GuaranteeVerdict.AboveWithinError, "with 95 % confidence; the test images lie above that, within chance.")]
    [InlineData(GuaranteeVerdict.Broken, "with 95 % confidence, but the test images break that promise.")]
    public void Sentence_TestAgainstThePromise_SaysHowItWent(GuaranteeVerdict verdict, string expected) =>
        Assert.EndsWith(expected, SearchView.Sentence(Result([Tiny]), Test(verdict)), StringComparison.Ordinal);

    [Fact]
    public void Write_Chain_ShowsTheThresholdOfEachSaver()
    {
        string text = Written(GuaranteeVerdict.Held, Result([Tiny, Small]));

        Assert.Contains("≥ 0.9123", text);
        Assert.Contains("≥ 0.8234", text);
    }

    [Fact]
    public void Write_Candidates_MarksTheOneThatIsChosenAndThoseThatBreakThePromise()
    {
        string[] lines = Written(GuaranteeVerdict.Held, Result([Tiny])).Split('\n');

        Assert.Contains("chosen", Assert.Single(lines, l => l.Contains("0.9123", StringComparison.Ordinal) && l.Contains("tiny", StringComparison.Ordinal) && !l.Contains('≥', StringComparison.Ordinal)));
        Assert.Contains("certified", Assert.Single(lines, l => l.Contains("0.9500", StringComparison.Ordinal)));
        Assert.Contains("not tested", Assert.Single(lines, l => l.Contains("0.8500", StringComparison.Ordinal)));
        Assert.Contains("breaks the promise here", Assert.Single(lines, l => l.Contains("0.1000", StringComparison.Ordinal)));
    }

    private static string Written(GuaranteeVerdict verdict, SearchResult result)
    {
        var writer = new StringWriter();
        IAnsiConsole console = AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(writer), Ansi = AnsiSupport.No });
        console.Profile.Width = 160;
        SearchView.Write(new Terminal(console, console, false), result, Test(verdict), null, null, null);
        return writer.ToString();
    }

    private static SearchResult Result(IReadOnlyList<SaverSetting> stages) => new(
        RuleKind.Certified, Certificate.Guarantee, "large", 1000, 1000, 0.99, new CascadeChoice(stages, null, Point, Certificate), null,
        [
            Candidate("tiny", Tiny.Threshold) with { Certified = true, Chosen = stages.Count == 1 },
            Candidate("small", 0.95) with { Certified = true },
            Candidate("other", 0.85),
            Candidate("bold", 0.1) with { AboveLimit = true },
        ]);

    private static CandidateResult Candidate(string saver, double threshold) => new(
        saver, ConfidenceMeasure.Margin, 1, 0.01, 0.9, CandidateVerdict.Saves, false, false, false, threshold, Point, null, []);

    private static EvaluationResult Test(GuaranteeVerdict verdict) => new(
        Point, null, new Interval(0.6, 0.8, 0.95), new Interval(0.98, 1, 0.95),
        [new SaverEvaluation("tiny", 0.9, 0.5, null, []), new SaverEvaluation("small", 0.95, 0.2, null, [])], null, [], [], null,
        new GuaranteeCheck(RiskKind.AccuracyDrop, 0.005, 0.05, 0.006, new Interval(0.004, 0.008, 0.95), verdict));
}
