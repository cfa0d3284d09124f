using System.CommandLine;
using TinySaver.Calibration.Evaluation;
using TinySaver.Calibration.Guarantees;
using TinySaver.Calibration.Search;
using TinySaver.Cli.Costs;
using TinySaver.Cli.Output;
using TinySaver.Cli.Predictions;
using TinySaver.Cli.Tables;
using TinySaver.Core.Cascade;
using TinySaver.Core.Failures;
using TinySaver.Inference.Cascades;
using TinySaver.Reports;

namespace TinySaver.Cli.Evaluate;

/// <summary><c>tinysaver evaluate</c>: says what a policy does on test images, and whether its promise held.</summary>
internal static class EvaluateCommand
{
    private static readonly Option<string?> Data = new("--data", "-d") { Description = "The test set: a folder with one subfolder a class, or a manifest.", HelpName = "path" };

    private static readonly Option<string?> Large = new("--large") { Description = "Recorded predictions of the large model, instead of predicting.", HelpName = "file" };

    private static readonly Option<string[]> Saver = new("--saver") { Description = "Recorded predictions of the savers, in the policy's order.", HelpName = "file" };

    private static readonly Option<string?> Report = new("--report") { Description = "Write the HTML report here.", HelpName = "report.html" };

    /// <summary>The command.</summary>
    public static Command Create(Terminal terminal) => new Command("evaluate", "Say what a policy does on test images: accuracy of saver, large model and cascade, the drop with its interval, classes, calibration, and whether the promise held. "
        + "Exit code 1 where the promise made at calibration is broken.")
    {
        CommonOptions.Policy, Data, Large, Saver, CommonOptions.Reviews, CommonOptions.Prices, Report, CommonOptions.Cache, CommonOptions.Threads, CommonOptions.Provider, CommonOptions.Json,
    }.Running(terminal, RunAsync);

    private static async Task<int> RunAsync(Terminal terminal, ParseResult arguments, CancellationToken cancellationToken)
    {
        RowWriter.CheckFolder(arguments.GetValue(Report));
        string policyPath = CommonOptions.FindPolicy(arguments);
        CascadePolicy policy = CascadeLoader.ReadPolicy(policyPath);
        if (policy.Savers.Count == 0)
            throw new TinySaverException($"{policyPath} has no saver: every image goes to the large model, so there is nothing to evaluate.");

        (PredictionSet large, PredictionSet[] savers) = await LoadAsync(terminal, arguments, policy, policyPath, cancellationToken);
        var settings = new (PredictionSet Set, SaverSetting Setting)[savers.Length];
        for (int i = 0; i < savers.Length; i++)
        {
            SaverPolicy saver = policy.Savers[i];
            settings[i] = (savers[i], new(savers[i].Name, saver.Measure, saver.Temperature, saver.Threshold, CostRatio(saver.Model, savers[i], policy.Large, large), saver.Weights));
        }

        EvaluationResult result = CascadeEvaluation.Run(EvaluationBuilder.Input(settings, policy.LargeWeights, Guarantee.Of(policy.Guarantee), large));
        double overlap = SampleSketch.Overlap(policy.Provenance, large.Keys);
        string? warning = overlap > 0
            ? $"About {Amounts.Percent(overlap)} of the images that the policy was calibrated on are among these: the figures flatter the cascade. Evaluate on other images."
            : null;
        if (warning is not null)
            terminal.Warn(warning);

        string? reportPath = arguments.GetValue(Report);
        if (reportPath is not null)
        {
            var money = MoneySettings.Read(arguments.GetValue(CommonOptions.Prices));
            ReportInput input = ReportParts.Of(
                [large, .. savers], large, warning, DateTimeOffset.UtcNow,
                [ReportParts.DataSet("test", arguments.GetValue(Data) ?? large.Source, large)],
                [new("Policy", $"{policyPath} ({policy.Id})"), new("Tool", $"tinysaver {CommandLines.Version}")]) with
            {
                Policy = policy,
                Test = result,
                Costs = money.Estimate(savers, large, result.Point.ExitRate),
            };
            await File.WriteAllTextAsync(reportPath, ReportWriter.Write(input), cancellationToken);
        }

        var summary = new { Policy = policy.Id, Evaluation = result, CalibrationOverlap = overlap, Report = reportPath };
        JsonOutput.WriteOr(
            arguments.GetValue(CommonOptions.Json), summary, () => EvaluationView.Write(terminal, policy, result, large.Texts, large, reportPath));
        return result.Guarantee?.Verdict == GuaranteeVerdict.Broken ? ExitCode.SomeFailed : ExitCode.Success;
    }

    private static async Task<(PredictionSet Large, PredictionSet[] Savers)> LoadAsync(
        Terminal terminal, ParseResult arguments, CascadePolicy policy, string policyPath, CancellationToken cancellationToken)
    {
        string[] recorded = arguments.GetValue(Saver) ?? [];
        string? recordedLarge = arguments.GetValue(Large);
        if ((recordedLarge is null) != (recorded.Length == 0) || (recorded.Length > 0 && recorded.Length != policy.Savers.Count))
            throw new TinySaverException($"Recorded predictions are needed of the large model (--large) and of every saver (--saver, {policy.Savers.Count} in the policy's order), or of none.");

        string? data = arguments.GetValue(Data);
        if (recordedLarge is null && data is null)
            throw new TinySaverException("Name the test set with --data, or recorded predictions with --large and --saver.");

        PredictionSource[] sources = recordedLarge is null
            ? [Source(policy.Large, "large"), .. policy.Savers.Select((s, i) => Source(s.Model, $"savers[{i}].model"))]
            : [PredictionSource.Parse(recordedLarge), .. recorded.Select(PredictionSource.Parse)];
        PredictionSourceOptions options = CommonOptions.PredictionSource(arguments) with
        {
            // A temperature other than 1 can only be applied to logits.
            Logits = policy.Savers.Any(s => s.Temperature != 1f) ? true : null,
        };
        return await PredictionSource.LoadAllAsync(terminal, sources, data, options, cancellationToken, (set, i) =>
            RequireModel(set, i == 0 ? policy.Large : policy.Savers[i - 1].Model, i == 0 ? "--large" : "--saver"));

        PredictionSource Source(ModelReference reference, string field) => PredictionSource.Of(CascadeLoader.OpenModel(reference, field, policyPath));
    }

    // Where either side does not say which model it is about, the user is taken at their word.
    private static void RequireModel(PredictionSet set, ModelReference model, string option)
    {
        if (set.ModelHash is { } hash && model.Sha256 is { } expected && hash != expected)
        {
            throw new TinySaverException(
                $"'{set.Source}' was predicted by another model than the policy's {model.Name}: its model_hash is {Short(hash)}, the policy's sha256 {Short(expected)}. Give {option} predictions of the policy's model, the savers in its order, or leave both options out to predict again.");
        }

        static string Short(string text) => text.Length > 12 ? text[..12] : text;
    }

    private static double CostRatio(ModelReference saver, PredictionSet saverSet, ModelReference large, PredictionSet largeSet) =>
        (saver.Macs ?? saverSet.Macs) is { } saverMacs && (large.Macs ?? largeSet.Macs) is { } largeMacs
            ? saverMacs / (double)largeMacs
            : throw new TinySaverException("Neither the policy nor the predictions say what the models cost (macs), so ΔC cannot be computed.");
}
