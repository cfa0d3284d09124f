using System.CommandLine;
using System.Text.Json;
using TinySaver.Calibration.Costs;
using TinySaver.Calibration.Planning;
using TinySaver.Cli.Costs;
using TinySaver.Cli.Inspect;
using TinySaver.Cli.Output;
using TinySaver.Cli.Tables;
using TinySaver.Core.Cascade;
using TinySaver.Core.Failures;
using TinySaver.Inference.Cascades;
using TinySaver.Inference.Classification;
using TinySaver.Reports;

namespace TinySaver.Cli.Plan;

/// <summary><c>tinysaver plan</c>: simulates a day of a deployment before there is one.</summary>
internal static class PlanCommand
{
    // Reading and decoding, where --tiny-ms does not say: a photo of a megapixel.
    private const double DecodeMilliseconds = 10;

    // Without an aim, the large model alone gets replicas for its mean load at this share of work.
    private const double LargeOnlyLoad = 0.7;

    private static readonly JsonSerializerOptions PlatformJson = new(JsonSerializerDefaults.Web)
    {
        ReadCommentHandling = JsonCommentHandling.Skip,
        UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
    };

    private static readonly Option<string> Uploads = new("--arrivals", "-a")
    {
        Description = "The uploads: a rate (1e6/day, 500/hour, 20/s), or a table (.csv, .parquet) with the columns second or time, and images: those from that moment to the next row's.",
        HelpName = "rate|trace.csv",
        Required = true,
    };

    private static readonly Option<double?> ExitRate = new Option<double?>("--exit-rate") { Description = "Share of the images that exit at the savers. Default: what the policy measured.", HelpName = "share" }.Takes("a share from 0 to 1", (double r) => r is >= 0 and <= 1);

    private static readonly Option<GpuKind> Gpu = new Option<GpuKind>("--gpu") { Description = "What the large model runs on: none, T4 or A100.", DefaultValueFactory = _ => GpuKind.None }.TakesName();

    private static readonly Option<double?> TinyMilliseconds = Milliseconds("--tiny-ms", $"CPU milliseconds of an image in the tiny app, decoding and all. Default: the savers measured here, and {DecodeMilliseconds} for decoding.");

    private static readonly Option<double?> LargeMilliseconds = Milliseconds("--large-ms", "Milliseconds of an image in a full batch of the large model, on a replica. Default: that of the prices file, or without a GPU what is measured here.");

    private static readonly Option<string?> Aim = new("--p95") { Description = "Search the cheapest settings with which 95 % of the images, and 95 % of the escalated ones alone, have their final label within this time: 60s, 5min, 1h.", HelpName = "time" };

    private static readonly Option<int?> Memory = new Option<int?>("--memory") { Description = "Memory of a tiny instance in MB: 512, 2048 or 4096.", HelpName = "MB" }.Takes("512, 2048 or 4096", (int m) => Deployed.VirtualCpus(m) is not null);

    private static readonly Option<double> Megapixels = new Option<double>("--megapixels") { Description = "The largest images: a tiny instance must hold one decoded for each of its processors.", HelpName = "MP", DefaultValueFactory = _ => 12 }.Takes("a number from 0 to 400", mp => mp is >= 0 and <= 400);

    private static readonly Option<int?> InFlight = Count("--in-flight", "Images in flight in a tiny instance.");

    private static readonly Option<int> Instances = new Option<int>("--instances") { Description = "Tiny instances at most, 40 to 1,000.", HelpName = "n", DefaultValueFactory = _ => 40 }.Takes("a whole number from 40 to 1000", n => n is >= 40 and <= 1000);

    private static readonly Option<int> Batch = new Option<int>("--batch") { Description = "Images that the large model sees at once.", HelpName = "n", DefaultValueFactory = _ => 16 }.Takes(CommonOptions.AtLeastOne, n => n >= 1);

    private static readonly Option<int?> Replicas = Count("--replicas", "Replicas of the large app at most. Default: 1 with a GPU, 3 without.");

    private static readonly Option<int> MinimumReplicas = new Option<int>("--min-replicas") { Description = "Replicas that never sleep.", HelpName = "n" }.Takes("a whole number, 0 or more", n => n >= 0);

    private static readonly Option<string?> PlatformFile = new("--platform") { Description = "Numbers of the platform in place of the defaults, a JSON object; docs/plan.md has their names.", HelpName = "platform.json" };

    private static readonly Option<int> Seed = new Option<int>("--seed") { Description = "The seed of chance.", HelpName = "n" }.Takes("a whole number, 0 or more", n => n is >= 0 and < int.MaxValue);

    private static readonly Option<string?> HtmlPath = new("--html") { Description = "Write a page with the day's curves here.", HelpName = "plan.html" };

    /// <summary>The command.</summary>
    public static Command Create(Terminal terminal) => new Command("plan", "Simulate a day of a deployment: latency, backlog, instances and money, against the large model alone on the same hardware. "
        + "Exit code 0: it keeps up, and keeps the aim; 1: it does not.")
    {
        CommonOptions.Policy, Uploads, ExitRate, Gpu, TinyMilliseconds, LargeMilliseconds, Megapixels, Aim, Memory, InFlight, Instances, Batch, Replicas, MinimumReplicas, CommonOptions.Prices, PlatformFile, Seed, HtmlPath, CommonOptions.Json,
    }.Running(terminal, RunAsync);

    private static async Task<int> RunAsync(Terminal terminal, ParseResult arguments, CancellationToken cancellationToken)
    {
        RowWriter.CheckFolder(arguments.GetValue(HtmlPath));
        string policyPath = CommonOptions.FindPolicy(arguments);
        CascadePolicy policy = CascadeLoader.ReadPolicy(policyPath);
        Arrivals arrivals = await ArrivalsText.ReadAsync(arguments.GetValue(Uploads)!, cancellationToken);
        double? aim = arguments.GetValue(Aim) is not { } text ? null : ArrivalsText.Seconds(text) ?? throw new TinySaverException($"--p95 is '{text}'; expected a time such as 60s, 5min or 1h.");
        double exitRate = arguments.GetValue(ExitRate) ?? policy.Test?.ExitRate ?? policy.Calibration?.ExitRate
            ?? throw new TinySaverException($"{policyPath} does not say what share of images exits; give it with --exit-rate.");
        var money = MoneySettings.Read(arguments.GetValue(CommonOptions.Prices));
        GpuKind gpu = arguments.GetValue(Gpu);
        (ReplicaSize size, Prices prices) = Deployed.Replica(gpu, money.Prices);
        Platform platform = await PlatformAsync(arguments.GetValue(PlatformFile), cancellationToken);
        double tinySeconds = (arguments.GetValue(TinyMilliseconds) ?? (DecodeMilliseconds + policy.Savers.Select((s, i) => Measure(s.Model, $"savers[{i}].model", policyPath, 1, cancellationToken)).Sum())) / 1000;
        double largeSeconds = (arguments.GetValue(LargeMilliseconds) ?? money.LargeMillisecondsPerImage ?? (gpu == GpuKind.None
            ? Measure(policy.Large, "large", policyPath, 8, cancellationToken)
            : throw new TinySaverException($"What the large model takes on a {gpu} cannot be measured here: give it with --large-ms; docs/deploy.md has examples."))) / 1000;

        int memory = arguments.GetValue(Memory) ?? money.TinyMemoryMegabytes;
        var tiny = new TinySettings(
            memory, Deployed.VirtualCpus(memory) ?? money.TinyVirtualCpus, arguments.GetValue(InFlight) ?? (int)Math.Max(1, money.TinyImagesInFlight), tinySeconds, money.TinyWaitingMilliseconds / 1000, arguments.GetValue(Instances));
        int replicas = Math.Max(arguments.GetValue(Replicas) ?? (gpu == GpuKind.None ? 3 : 1), arguments.GetValue(MinimumReplicas));
        var large = new LargeSettings(arguments.GetValue(Batch), largeSeconds, arguments.GetValue(MinimumReplicas), replicas, gpu != GpuKind.None);

        var simulation = new PlanSimulation(arrivals, exitRate, platform, prices.Function, arguments.GetValue(Seed), cancellationToken);
        var parallel = new ParallelOptions { CancellationToken = cancellationToken };
        PlanChoice cascadeChoice = null!, aloneChoice = null!;
        if (aim is { } p95)
        {
            var search = new SettingsSearch(simulation, p95, arguments.GetValue(Megapixels));
            Parallel.Invoke(parallel, () => cascadeChoice = search.Cascade(tiny, large), () => aloneChoice = search.LargeOnly(large));
        }
        else
        {
            int alone = Math.Max(replicas, (int)Math.Ceiling(arrivals.Total * largeSeconds / arrivals.Seconds / LargeOnlyLoad));
            Parallel.Invoke(
                parallel,
                () => cascadeChoice = new(simulation.Cascade(tiny, [large])[0], Keeps: true),
                () => aloneChoice = new(simulation.LargeOnly([large with { MaximumReplicas = alone }])[0], Keeps: true));
        }

        (PlanOutcome cascade, PlanOutcome largeOnly, bool kept) = (cascadeChoice.Outcome, aloneChoice.Outcome, cascadeChoice.Keeps);
        var warnings = new List<string>();
        if (!kept)
            warnings.Add($"None of the settings that were looked at labels 95 % of the images, and 95 % of the escalated ones, within {Amounts.Time(aim)}; these come nearest.");
        if (cascade.Tiny!.NeededMegabytes(arguments.GetValue(Megapixels)) is var needed && needed > cascade.Tiny.MemoryMegabytes)
            warnings.Add($"Images of {arguments.GetValue(Megapixels):0.#} megapixels may need {Amounts.Number(needed, 0)} MB of a tiny instance, which has {cascade.Tiny.MemoryMegabytes}.");
        if (!cascade.KeepsUp(arrivals))
            warnings.Add($"It does not keep up: the last image is labelled {Amounts.Time(cascade.LastLabel - arrivals.Seconds)} after the end. More replicas or instances are needed.");

        IReadOnlyList<string> commands = Deployed.Commands(gpu, cascade);
        string? htmlPath = arguments.GetValue(HtmlPath);
        if (htmlPath is not null)
        {
            await File.WriteAllTextAsync(htmlPath, PlanPage.Write(new(
                CommandLines.OfProcess(), DateTimeOffset.UtcNow, arrivals, cascade, largeOnly, Bill(cascade), Bill(largeOnly), commands, platform, warnings)), cancellationToken);
        }

        foreach (string warning in warnings)
            terminal.Warn(warning);

        var plan = new PlanSummary(
            policy.Id, exitRate, arrivals.Total * Arrivals.Day / arrivals.Seconds, tinySeconds * 1000, largeSeconds * 1000, aim, kept && cascade.KeepsUp(arrivals),
            PlanSide.Of(cascade, arrivals, Bill(cascade)), PlanSide.Of(largeOnly, arrivals, Bill(largeOnly)), commands, platform.Facts, htmlPath);
        JsonOutput.WriteOr(arguments.GetValue(CommonOptions.Json), plan, () => PlanView.Write(terminal.Results, plan));
        return plan.Keeps ? ExitCode.Success : ExitCode.SomeFailed;

        IReadOnlyList<MonthLine> Bill(PlanOutcome outcome) => MonthlyCost.Of(
            outcome, arrivals, size, new(memory, 1, 1, 1, money.TinyTraceShare, money.TinyPoisonedShare), prices);
    }

    private static double Measure(ModelReference model, string field, string policyPath, int batch, CancellationToken cancellationToken)
    {
        using var classifier = OnnxClassifier.Load(CascadeLoader.OpenModel(model, field, policyPath), new());
        return LatencyMeter.MedianMilliseconds(classifier, batch, cancellationToken) / batch;
    }

    private static async Task<Platform> PlatformAsync(string? path, CancellationToken cancellationToken)
    {
        if (path is null)
            return new();

        if (!File.Exists(path))
            throw new TinySaverException($"There is no platform file '{path}'.");

        try
        {
            return (JsonSerializer.Deserialize<Platform>(await File.ReadAllTextAsync(path, cancellationToken), PlatformJson) ?? new()).Checked();
        }
        catch (JsonException error)
        {
            throw new TinySaverException($"{path}: {error.Message} docs/plan.md has the names.", error);
        }
    }

    private static Option<double?> Milliseconds(string name, string description) =>
        new Option<double?>(name) { Description = description, HelpName = "ms" }.Takes("a number above 0", (double m) => m > 0 && double.IsFinite(m));

    private static Option<int?> Count(string name, string description) =>
        new Option<int?>(name) { Description = description, HelpName = "n" }.Takes(CommonOptions.AtLeastOne, (int n) => n is >= 1 and <= 1000);
}
