using System.CommandLine;
using System.Globalization;
using TinySaver.Calibration.Evaluation;
using TinySaver.Calibration.Guarantees;
using TinySaver.Calibration.Search;
using TinySaver.Calibration.Sweeps;
using TinySaver.Cli.Accounts;
using TinySaver.Cli.Evaluate;
using TinySaver.Cli.Output;
using TinySaver.Cli.Policies;
using TinySaver.Cli.Predictions;
using TinySaver.Cli.Search;
using TinySaver.Cli.Tables;
using TinySaver.Core.Audits;
using TinySaver.Core.Cascade;
using TinySaver.Core.Failures;

namespace TinySaver.Cli.Recalibrate;

/// <summary><c>tinysaver recalibrate</c>: finds a new policy on the audits of the present one.</summary>
internal static class RecalibrateCommand
{
    private static readonly Option<string[]> Candidate = new("--candidate") { Description = "A further candidate saver, a model folder, beside the present policy's; as often as there are candidates. It predicts the audited images, which are downloaded.", HelpName = "folder" };

    private static readonly Option<DateTimeOffset?> Since = new("--since") { Description = "Use audits since this time. Default: since the change that the watch has found, or else since the watch was begun anew, or else all.", HelpName = "time" };

    private static readonly Option<bool> Reviewed = new("--with-reviews") { Description = "Take people's reviews as labels: then the accuracy drop is bounded, and a difference without a review counts as a loss. Otherwise disagreement is." };

    private static readonly Option<double> Holdout = new Option<double>("--holdout") { Description = "The share of the audits on which both policies are compared, and which choose nothing.", HelpName = "share", DefaultValueFactory = _ => 0.3 }
        .Takes("a share between 0 and 1, both excluded", v => v is > 0 and < 1);

    private static readonly Option<double?> Epsilon = new Option<double?>("--epsilon") { Description = "The largest accuracy drop (without reviews: disagreement). Default: the present policy's.", HelpName = "share" }.Takes("a share, such as 0.005");

    private static readonly Option<double?> Delta = new Option<double?>("--delta") { Description = "The probability with which the promise may fail. Default: the present policy's.", HelpName = "share" }.Takes("a share, such as 0.05");

    private static readonly Option<string> Out = new("--out", "-o") { Description = "Write the new policy here.", HelpName = "cascade.json", DefaultValueFactory = _ => "recalibrated.json" };

    private static readonly Option<bool> Publish = new("--publish") { Description = "Publish the new policy, as policy publish does, unless the audits that choose nothing break its promise." };

    /// <summary>The command.</summary>
    public static Command Create(Terminal terminal) => new Command("recalibrate", "Find a new policy on the images that production's audits have from both models, without new data, and compare it with the present one. "
        + "Exit code 0: a policy was found (and published); 1: none is worth it, or its promise is broken on the audits set aside; 2: it could not run.")
    {
        AccountOptions.Storage, AccountOptions.Data, CommonOptions.Policy, Candidate, Since, Reviewed, Holdout,
    }.Running(terminal, RunAsync, Epsilon, Delta, RuleOptions.Seed, Out, Publish, CommonOptions.Cache, CommonOptions.Threads, CommonOptions.Provider, CommonOptions.Json);

    private static async Task<int> RunAsync(Terminal terminal, ParseResult arguments, CancellationToken cancellationToken)
    {
        string path = arguments.GetValue(Out)!;
        RowWriter.CheckFolder(path);
        await using StorageAccount account = await AccountOptions.OpenAsync(terminal, arguments, create: false, cancellationToken);
        (CascadePolicy Policy, string Path) present = await AuditProblem.PolicyAsync(account, arguments.GetValue(CommonOptions.Policy), cancellationToken);
        IReadOnlyList<AuditRow> audits = await AuditProblem.AuditsAsync(account, present.Policy.Id, arguments.GetValue(Since), cancellationToken);
        AuditProblem all = await AuditProblem.OfAsync(
            terminal, account, present, audits, arguments.GetValue(Candidate) ?? [], arguments.GetValue(Reviewed), CommonOptions.PredictionSource(arguments), cancellationToken);
        if (all.Problem.Savers.Count == 0)
            throw new TinySaverException($"The policy {present.Policy.Id} has no saver; name one with --candidate.");

        int seed = arguments.GetValue(RuleOptions.Seed);
        SearchProblem problem = all.Problem.Divide(arguments.GetValue(Holdout), seed);
        bool labelled = problem.Large.Labelling != Labelling.None;
        var rule = new CertifiedRule
        {
            Epsilon = arguments.GetValue(Epsilon) ?? present.Policy.Rule?.Epsilon ?? CertifiedRule.DefaultEpsilon,
            Delta = arguments.GetValue(Delta) ?? present.Policy.Rule?.Delta ?? CertifiedRule.DefaultDelta,
            Seed = (ulong)seed,
        };
        var options = new SearchOptions { MaxSavers = Math.Clamp(present.Policy.Savers.Count, 1, rule.MostSavers) };
        SearchResult result = CascadeSearch.Run(problem.Prepare(labelled ? problem.Large.Labels : default, rule, options, MacsOf), rule, options);
        EvaluationResult? before = Evaluate(problem, Settings(present.Policy, problem), present.Policy.LargeWeights, Guarantee.Of(present.Policy.Guarantee));
        EvaluationResult? after = result.Choice is { } choice ? Evaluate(problem, choice.Savers, choice.LargeWeights, choice.Certificate?.Guarantee) : null;
        PublishSummary? published = null;
        CascadePolicy? policy = null;
        bool broken = after?.Guarantee?.Verdict == GuaranteeVerdict.Broken;
        if (after is not null)
        {
            var provenance = new PolicyProvenance(
                CommandLines.OfProcess(), CommandLines.Version, DateTimeOffset.UtcNow, seed, SampleSketch.Hash(problem.Large.Keys), SampleSketch.Make(problem.Large.Keys));
            policy = PolicyBuilder.Build(path, problem, result, rule, after, provenance);
            await File.WriteAllTextAsync(path, CascadePolicyJson.Write(policy), cancellationToken);
            if (arguments.GetValue(Publish) && !broken)
                published = await new PolicyPublisher(path).PublishAsync(account, terminal.Say, new StoragePatience(terminal, account), cancellationToken);
        }

        var summary = new RecalibrationSummary(
            all.Problem.Large.Count, all.From, all.To, all.LeftOut, result.Labels, present.Policy.Id, policy?.Id, policy is null ? null : path, published is not null,
            before?.Point, before?.Guarantee, after?.Point, after?.Guarantee, result.Choice?.Certificate, result.NoCascade);
        JsonOutput.WriteOr(arguments.GetValue(CommonOptions.Json), summary, () => RecalibrationView.Write(terminal, summary, result, after, account.Name));
        return after is null || broken ? ExitCode.SomeFailed : ExitCode.Success;
    }

    private static EvaluationResult? Evaluate(SearchProblem problem, IReadOnlyList<SaverSetting> savers, IReadOnlyList<double>? largeWeights, Guarantee? guarantee) => savers.Count == 0 ? null
        : CascadeEvaluation.Run(EvaluationBuilder.Input([.. savers.Select(s => (problem.TestSavers.Single(p => p.Name == s.Saver), s))], largeWeights, guarantee, problem.TestLarge!));

    private static SaverSetting[] Settings(CascadePolicy policy, SearchProblem problem) => [.. policy.Savers.Select((saver, i) => new SaverSetting(
        problem.Savers[i].Name, saver.Measure, saver.Temperature, saver.Threshold, MacsOf(problem.Savers[i]) / MacsOf(problem.Large), saver.Weights))];

    private static double MacsOf(PredictionSet set) => set.Macs ?? throw new TinySaverException(string.Create(CultureInfo.InvariantCulture, $"'{set.Source}' does not say what the model costs an image."));
}

/// <summary>What a recalibration came to; the object that <c>--json</c> prints.</summary>
/// <param name="Audits">How many audits it rests on.</param>
/// <param name="From">When the first was.</param>
/// <param name="To">When the last was.</param>
/// <param name="LeftOut">Audits that could not be used.</param>
/// <param name="Labels">How many of the audits that chose have a review.</param>
/// <param name="Present">The id of the present policy.</param>
/// <param name="New">The id of the new one; null where none was found.</param>
/// <param name="Policy">The file that it was written to.</param>
/// <param name="Published">Whether it was published.</param>
/// <param name="Before">What the present policy does on the audits set aside; null where it has no saver.</param>
/// <param name="BeforePromise">Whether its promise holds there.</param>
/// <param name="After">What the new one does there.</param>
/// <param name="AfterPromise">Whether its promise holds there.</param>
/// <param name="Certificate">What backs the new promise.</param>
/// <param name="NoCascade">Why none was found.</param>
internal sealed record RecalibrationSummary(
    int Audits, DateTimeOffset From, DateTimeOffset To, int LeftOut, int Labels, string Present, string? New, string? Policy, bool Published,
    OperatingPoint? Before, GuaranteeCheck? BeforePromise, OperatingPoint? After, GuaranteeCheck? AfterPromise, Certificate? Certificate, NoCascade? NoCascade);
