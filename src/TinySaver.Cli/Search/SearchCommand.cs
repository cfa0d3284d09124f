using System.CommandLine;
using System.Runtime.InteropServices;
using TinySaver.Calibration.Costs;
using TinySaver.Calibration.Evaluation;
using TinySaver.Calibration.Search;
using TinySaver.Calibration.Sweeps;
using TinySaver.Cli.Costs;
using TinySaver.Cli.Evaluate;
using TinySaver.Cli.Output;
using TinySaver.Cli.Predictions;
using TinySaver.Cli.Tables;
using TinySaver.Core.Cascade;
using TinySaver.Core.Failures;
using TinySaver.Core.Names;
using TinySaver.Reports;

namespace TinySaver.Cli.Search;

/// <summary><c>tinysaver search</c>: finds the saver, measure and threshold that save most, with a guarantee.</summary>
internal static class SearchCommand
{
    private static readonly Option<string> Large = new("--large") { Description = "The large model: a model folder or a predictions file.", HelpName = "path", Required = true };

    private static readonly Option<string[]> Saver = new("--saver") { Description = "A candidate saver, likewise; as often as there are candidates. name=path names it.", HelpName = "path", Required = true };

    private static readonly Option<string?> Data = new("--data", "-d") { Description = "The calibration set: a folder with one subfolder a class, or a manifest. Not needed for predictions files.", HelpName = "path" };

    private static readonly Option<string[]> Test = new("--test")
    {
        Description = "The test set, likewise; other images than the calibration set's. Or predictions files recorded on it: the large model's, then one for each --saver in their order.",
        HelpName = "path",
        AllowMultipleArgumentsPerToken = true,
    };

    private static readonly Option<double?> Split = new("--split") { Description = "Set this share of the images aside as the test set, drawn by --seed.", HelpName = "share" };

    private static readonly Option<int> MaxSavers = new("--max-savers") { Description = "2 also searches chains of two savers (tiny → small → large).", HelpName = "1|2", DefaultValueFactory = _ => 1 };

    private static readonly Option<string> Pool = new("--pool") { Description = "auto: later models are pooled with earlier ones where labels show that it makes them better; off: each model answers alone.", DefaultValueFactory = _ => "auto" };

    private static readonly Option<string> Cost = new("--cost") { Description = "What compute is counted in.", DefaultValueFactory = _ => "macs" };

    private static readonly Option<string?> Out = new("--out", "-o") { Description = "Write the cascade policy here.", HelpName = "cascade.json" };

    private static readonly Option<string?> ReportPath = new("--report") { Description = "Write the HTML report here.", HelpName = "report.html" };

    private static readonly Option<string?> Review = new("--review") { Description = "Write the images whose true label would let more be saved, the most useful first, for a person to fill in and give to --reviews.", HelpName = "review.csv" };

    private static readonly Option<bool> AllowLargeOnly = new("--allow-large-only") { Description = "Write a policy without a saver where no cascade is worth it." };

    static SearchCommand()
    {
        Pool.AcceptOnlyFromAmong("auto", "off");
        Cost.AcceptOnlyFromAmong("macs", "milliseconds");
        Split.Takes("a share between 0 and 1, both excluded", v => v is > 0 and < 1);
        MaxSavers.Takes("1 or 2");
    }

    /// <summary>The command.</summary>
    public static Command Create(Terminal terminal) => new Command("search", "Find the saver, confidence measure and exit threshold that save most compute for a large model, with a guarantee on the accuracy. "
        + "Exit code 0: a cascade was found (or --allow-large-only); 1: none is worth it; 2: the search could not run.")
    {
        Large, Saver, Data, CommonOptions.Reviews, Test, Split,
    }.Running(terminal, RunAsync, [
        .. RuleOptions.All, MaxSavers, Pool, Cost, CommonOptions.Prices, Out, ReportPath, Review, AllowLargeOnly,
        CommonOptions.Cache, CommonOptions.Threads, CommonOptions.Provider, CommonOptions.Json]);

    private static async Task<int> RunAsync(Terminal terminal, ParseResult arguments, CancellationToken cancellationToken)
    {
        RowWriter.CheckFolder(arguments.GetValue(Out));
        RowWriter.CheckFolder(arguments.GetValue(ReportPath));
        SearchRule rule = RuleOptions.Of(arguments);
        string? reviewPath = arguments.GetValue(Review);
        RowWriter.Check(reviewPath);
        if (reviewPath is not null && (rule is not CertifiedRule || !TableFile.IsTable(reviewPath)))
            throw new TinySaverException($"--review {reviewPath} lists in a .csv or .parquet file whose labels let the rule certified save more; the rule is {rule.Kind.Name()}.");

        var money = MoneySettings.Read(arguments.GetValue(CommonOptions.Prices));
        var data = new SearchData(arguments.GetValue(Data), arguments.GetValue(Test) ?? [], arguments.GetValue(Split), arguments.GetValue(RuleOptions.Seed));
        if (data is { Test.Count: > 0, Split: not null })
            throw new TinySaverException("--test and --split both make a test set; give one of them.");

        SearchProblem problem = await SearchProblem.LoadAsync(
            terminal, arguments.GetRequiredValue(Large), arguments.GetRequiredValue(Saver), data, CommonOptions.PredictionSource(arguments), cancellationToken);
        Func<PredictionSet, double> costOf = arguments.GetValue(Cost) == "macs" ? MacsOf : MillisecondsOf;
        var options = new SearchOptions { MaxSavers = arguments.GetValue(MaxSavers), Pool = arguments.GetValue(Pool) == "auto" };
        bool labelled = problem.Large.Labelling != Labelling.None;
        SearchResult result = CascadeSearch.Run(problem.Prepare(labelled ? problem.Large.Labels : default, rule, options, costOf), rule, options);
        ReviewList? review = null;
        if (reviewPath is not null)
        {
            // Also where no label is known as if some were, as it will be after the review.
            review = ReviewList.Of(problem.Prepare(problem.Large.Labels, rule, options, costOf), (CertifiedRule)rule, options);
            await ReviewFile.WriteAsync(reviewPath, review, problem.Large, problem.Sources[0].Folder?.Labels.Texts ?? problem.Large.Texts);
        }

        EvaluationResult? test = result.Choice is { } choice && problem.TestLarge is { } testLarge
            ? CascadeEvaluation.Run(EvaluationBuilder.Input(
                [.. choice.Savers.Select(s => (problem.TestSavers.Single(p => p.Name == s.Saver), s))], choice.LargeWeights, choice.Certificate?.Guarantee, testLarge))
            : null;
        CostEstimate? costs = result.Choice is { } chosen
            ? money.Estimate(
                [.. chosen.Savers.Select(saver => problem.Savers.Single(s => s.Name == saver.Saver))], problem.Large, (test?.Point ?? chosen.Calibration).ExitRate)
            : null;
        double overlap = problem.TestLarge is null ? 0 : problem.Large.Keys.Count(problem.TestLarge.Keys.ToHashSet().Contains) / (double)problem.Large.Count;
        string? warning = overlap > 0 ? $"{Amounts.Percent(overlap)} of the calibration images are in the test set too: the test figures flatter the cascade." : null;
        if (warning is not null)
            terminal.Warn(warning);

        var provenance = new PolicyProvenance(
            CommandLines.OfProcess(), CommandLines.Version, DateTimeOffset.UtcNow, data.Seed, SampleSketch.Hash(problem.Large.Keys), SampleSketch.Make(problem.Large.Keys));
        CascadePolicy? policy = null;
        string? policyPath = arguments.GetValue(Out);
        if (policyPath is not null && (result.Choice is not null || arguments.GetValue(AllowLargeOnly)))
        {
            policy = PolicyBuilder.Build(policyPath, problem, result, rule, test, provenance);
            await File.WriteAllTextAsync(policyPath, CascadePolicyJson.Write(policy), cancellationToken);
        }

        string? reportPath = arguments.GetValue(ReportPath);
        if (reportPath is not null)
        {
            ReportInput report = Report(problem, data, warning, provenance) with
            {
                Search = result,
                Policy = policy,
                Test = test,
                Costs = costs,
                CostUnit = arguments.GetValue(Cost) == "macs" ? "MACs" : arguments.GetValue(Cost)!,
            };
            await File.WriteAllTextAsync(reportPath, ReportWriter.Write(report), cancellationToken);
        }

        SaverSetting? first = result.Choice?.Savers[0];
        var summary = new
        {
            first?.Saver,
            first?.Measure,
            Temperature = (double?)first?.Temperature,
            first?.Threshold,
            Stages = result.Choice?.Savers ?? [],
            result.Choice?.LargeWeights,
            Large = problem.Large.Name,
            result.Labels,
            Rule = rule.Kind,
            rule.Policy.Epsilon,
            rule.Policy.Delta,
            result.Choice?.Certificate,
            Calibration = PolicyBuilder.Calibration(result),
            Test = PolicyBuilder.Test(test),
            TestDetails = test,
            result.NoCascade,
            result.Candidates,
            result.Front,
            costs,
            Policy = policy is null ? null : policyPath,
            Report = reportPath,
            Review = review is null ? null : new { Path = reviewPath, Images = review.Items.Count, review.Saves, CouldSave = review.CouldSave },
        };
        JsonOutput.WriteOr(
            arguments.GetValue(CommonOptions.Json), summary, () => SearchView.Write(terminal, result, test, costs, summary.Policy, reportPath, reviewPath, review));
        return result.Choice is not null || policy is not null ? ExitCode.Success : ExitCode.SomeFailed;
    }

    private static ReportInput Report(SearchProblem problem, SearchData data, string? warning, PolicyProvenance provenance)
    {
        List<ReportDataSet> sets = [ReportParts.DataSet("calibration", data.Calibration ?? problem.Large.Source, problem.Large)];
        if (problem.TestLarge is { } test)
            sets.Add(ReportParts.DataSet("test", data.Test.Count > 0 ? data.Test[0] : $"{data.Split} of the same, set aside", test));

        return ReportParts.Of(
            [problem.Large, .. problem.Savers], problem.TestLarge, warning, provenance.CreatedAt!.Value, sets,
            [
                new("Seed", $"{data.Seed}"),
                new("Tool", $"tinysaver {provenance.Tool}"),
                new("Runtime", $"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier}, {Environment.ProcessorCount} processors"),
            ]);
    }

    private static double MacsOf(PredictionSet set) => set.Macs ?? throw new TinySaverException(
        $"'{set.Source}' does not say what the model costs an image (column 'macs'); add it, for instance with `tinysaver import --macs`, or use --cost milliseconds.");

    private static double MillisecondsOf(PredictionSet set) => set.Milliseconds ?? throw new TinySaverException(
        $"'{set.Source}' does not say how long the model takes an image (column 'milliseconds'); use --cost macs.");
}
