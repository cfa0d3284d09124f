using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using TinySaver.Calibration.Planning;
using TinySaver.Cli.Plan;
using TinySaver.Core.Failures;

namespace TinySaver.Cli.Tests.Plan;

public sealed class PlanCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Plan_WithAnAim_WritesTheSettingsAndThePage()
    {
        string html = Path.Combine(_folder.Path, "plan.html");
        (int code, string text) = await RunAsync("--arrivals", "20000/day", "--gpu", "t4", "--large-ms", "10", "--p95", "60s", "--html", html);

        Assert.Equal(ExitCode.Success, code);
        Assert.Contains("azd env set TINYSAVER_GPU T4", text, StringComparison.Ordinal);
        Assert.Matches("azd env set TINYSAVER_LARGE_MAX_REPLICAS [1-9]", text);

        // A GPU starts in minutes, and one of ten images needs it: the aim holds for these too.
        Assert.Matches("azd env set TINYSAVER_LARGE_MIN_REPLICAS [1-9]", text);
        Assert.Contains("20,000 images a day cost $", (await File.ReadAllTextAsync(html, TestContext.Current.CancellationToken)).Replace('\u00a0', ' '), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plan_AnAimThatNothingKeeps_IsSaidAndIsNotAllWell()
    {
        (int code, string text) = await RunAsync("--arrivals", "5000/day", "--large-ms", "100", "--p95", "500ms");

        Assert.Equal(ExitCode.SomeFailed, code);
        Assert.Contains("None of the settings", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plan_MoreThanOneReplicaCanDo_IsSaidAndIsNotAllWell()
    {
        (int code, string text) = await RunAsync("--arrivals", "200000/day", "--large-ms", "1000", "--exit-rate", "0.3", "--replicas", "1");

        Assert.Equal(ExitCode.SomeFailed, code);
        Assert.Contains("It does not keep up", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plan_GpuWithoutItsTime_IsRefusedWithTheRemedy()
    {
        TinySaverException error = await Assert.ThrowsAsync<TinySaverException>(() => RunAsync("--arrivals", "1e3/day", "--gpu", "T4"));
        Assert.Contains("--large-ms", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("second,images\n0,10\n3600,20\n", 0, 3600)]
    [InlineData("time,images\n01:00,10\n13:30,20\n", 3600, 48_600)]
    [InlineData("time,images\n2026-11-27T01:00:00Z,10\n2026-11-27T13:30:00Z,20\n", 3600, 48_600)]
    public async Task Read_Trace_HasItsMoments(string csv, int first, int second)
    {
        Arrivals arrivals = await ArrivalsText.ReadAsync(_folder.Write("trace.csv", csv), TestContext.Current.CancellationToken);

        Assert.Equal(30, arrivals.Total, 9);
        Assert.Equal(10, arrivals.Images.Take(second).Sum(), 9);
        Assert.Equal(0, arrivals.Images.Take(first).Sum());
        Assert.Equal(Arrivals.Day, arrivals.Seconds);
    }

    [Theory]
    [InlineData("1e6/day", 1e6)]
    [InlineData("2/s", 172_800)]
    public async Task Read_Rate_IsSteady(string text, double images) =>
        Assert.Equal(images, (await ArrivalsText.ReadAsync(text, TestContext.Current.CancellationToken)).Total, 3);

    [Theory]
    [InlineData("-1/day")]
    [InlineData("many")]
    [InlineData("0/day")]
    [InlineData("10/day")]
    [InlineData("1e12/day")]
    public Task Read_Neither_IsRefused(string text) =>
        Assert.ThrowsAsync<TinySaverException>(() => ArrivalsText.ReadAsync(text, TestContext.Current.CancellationToken));

    [Theory]
    [InlineData("-200000,50")]
    [InlineData("NaN,50")]
    [InlineData("1e12,50")]
    [InlineData("10,50\n10,50")]
    [InlineData("0,50\n100000,50\n50,50")]
    [InlineData("0,NaN")]
    [InlineData("0,0")]
    public Task Read_TraceThatCannotBe_IsRefused(string rows) =>
        Assert.ThrowsAsync<TinySaverException>(() => ArrivalsText.ReadAsync(_folder.Write("trace.csv", $"second,images\n{rows}\n"), TestContext.Current.CancellationToken));

    [Fact]
    public void Deployed_ReplicasAndNames_AreThoseOfTheInfrastructure()
    {
        string large = File.ReadAllText(Path.Combine(RepositoryPaths.Root, "infra", "large.bicep"));
        foreach (GpuKind gpu in Enum.GetValues<GpuKind>())
        {
            string name = gpu == GpuKind.None ? "none" : gpu.ToString();
            ReplicaSizeIs(Deployed.Replica(gpu, TinySaver.Calibration.Costs.Prices.Default).Size, Regex.Match(large, $@"{name}: \{{ cpu: (\d+), memory: '(\d+)Gi' \}}"));
        }

        string parameters = File.ReadAllText(Path.Combine(RepositoryPaths.Root, "infra", "main.parameters.json")) + File.ReadAllText(Path.Combine(RepositoryPaths.Root, "infra", "large.parameters.json"));
        PlanOutcome outcome = new(new(2048, 1, 8, 0.01, 0.06, 40), new(16, 0.01, 0, 1, false), new(1, 1), new(1, 1), null, new(0, 0, 0, new(1, 1)));
        foreach (string command in Deployed.Commands(GpuKind.T4, outcome).Where(c => c.StartsWith("azd", StringComparison.Ordinal)))
            Assert.Contains("${" + command.Split(' ')[3], parameters, StringComparison.Ordinal);

        static void ReplicaSizeIs(ReplicaSize size, Match match) =>
            Assert.Equal((size.VirtualCpus, size.MemoryGibibytes), (double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture), double.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void Facts_EveryNumberOfThePlatform_StandsInTheDocsWithDefaultAndSource()
    {
        string docs = File.ReadAllText(Path.Combine(RepositoryPaths.Root, "docs", "plan.md"));
        foreach (PlatformFact fact in new Platform().Facts)
            Assert.Contains(FormattableString.Invariant($"| `{JsonNamingPolicy.CamelCase.ConvertName(fact.Name)}` | {fact.Value} | {fact.Source} |"), docs, StringComparison.Ordinal);
    }

    private static Task<(int ExitCode, string Text)> RunAsync(params string[] arguments) =>
        OneCommand.RunAsync(PlanCommand.Create, ["--policy", RepositoryPaths.OneSaverPolicy, "--tiny-ms", "20", .. arguments.Contains("--exit-rate") ? arguments : ["--exit-rate", "0.9", .. arguments]]);
}
