using System.Globalization;
using System.Text.RegularExpressions;
using TinySaver.Infra.Tests.Kusto;

namespace TinySaver.Infra.Tests.Contracts;

/// <summary>Every query, run over telemetry that the pipeline's code and the real exporter made.</summary>
public sealed partial class QueryTests
{
    private static readonly DateTime Now = new(2026, 8, 1, 12, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void Queries_EachHasATestHere()
    {
        string tests = Repository.Read("tests", "TinySaver.Infra.Tests", "Contracts", "QueryTests.cs");

        Assert.All(
            Directory.EnumerateFiles(Repository.PathOf("infra", "queries"), "*.kql").Select(f => Path.GetFileName(f)!),
            f => Assert.Contains($"(\"{f}\"", tests, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Totals_AreTheImagesByWhatBecameOfThem() => Assert.Equal(
        ["images 1000", "labelled by tiny 700", "escalated 250", "labelled by large 200", "failed 70"],
        (await RunAsync("totals.kql")).Select(r => $"{r["What"]} {r["Count"]}"));

    [Fact]
    public async Task Images_AreCountedByWhoDecided() => Assert.Equal(
        ["by large 200", "by tiny 700", "failed 70"], (await RunAsync("images.kql")).Select(r => $"{r["Decided"]} {r["Images"]}").Order());

    [Fact]
    public async Task ExitRate_IsTheShareOfConfidentImages() => AssertNear(100.0 * 700 / 950, Assert.Single(await RunAsync("exit-rate.kql"))["exit rate, %"]);

    [Theory]
    [InlineData(20, 99, false)]
    [InlineData(80, 99, true)]
    [InlineData(20, 70, true)]
    public async Task ExitRateAlert_FiresOutsideItsBand(int low, int high, bool fires) => Assert.Equal(
        fires, (await RunAsync("exit-rate-alert.kql", ("LOW_PERCENT", $"{low}"), ("HIGH_PERCENT", $"{high}"))).Count > 0);

    [Fact]
    public async Task FailureRate_IsOfAllImagesInBothStages() => AssertNear(7, Assert.Single(await RunAsync("failure-rate.kql"))["FailedPercent"]);

    [Fact]
    public async Task Failures_AreByReasonTheMostFirst() => Assert.Equal(
        ["not-an-image tiny 50", "retries-exhausted large 20"], (await RunAsync("failures.kql")).Select(r => $"{r["Reason"]} {r["Stage"]} {r["Images"]}"));

    [Fact]
    public async Task Agreement_IsOfTheShadows() => AssertNear(90, Assert.Single(await RunAsync("agreement.kql"))["agreement, %"]);

    [Fact]
    public async Task GuaranteeAlert_IsTheStateOfEachPolicy() => Assert.Equal(
        ["bad0 3", "good 1"], (await RunAsync("guarantee-alert.kql")).Select(r => $"{r["Policy"]} {r["GuaranteeState"]}").Order(StringComparer.Ordinal));

    [Fact]
    public async Task Guarantee_IsWhatSpeaksAgainstIt()
    {
        List<Row> rows = await RunAsync("guarantee.kql");

        Assert.InRange((double)rows.Single(r => r["Policy"] is "bad0")["of the alarm, %"]!, 100, double.MaxValue);
        Assert.InRange((double)rows.Single(r => r["Policy"] is "good")["of the alarm, %"]!, 0, 100);
    }

    [Fact]
    public async Task Differing_IsOfAllAudits() => Assert.Equal(
        ["bad0 100", "good 0"], (await RunAsync("differing.kql")).Select(r => $"{r["Policy"]} {r["differ, %"]}").Order(StringComparer.Ordinal));

    [Fact]
    public async Task Latency_IsOfBothFunctions()
    {
        List<Row> rows = await RunAsync("latency.kql");

        Row tiny = rows.Single(r => r["Function"] is "ClassifyWithTinyModel");
        Assert.Equal(100.0, tiny["Calls"]);
        AssertNear(50, tiny["median, ms"]);
        AssertNear(95, tiny["95th percentile, ms"]);
        AssertNear(100, tiny["longest, ms"]);
        AssertNear(2000, rows.Single(r => r["Function"] is "ClassifyWithLargeModel")["median, ms"]);
    }

    [Fact]
    public async Task JobStandstill_IsOfEachJobInMinutes() => Assert.Equal(
        ["night-1 40", "night-2 0"], (await RunAsync("job-standstill.kql")).Select(r => $"{r["Job"]} {r["StandstillMinutes"]}").Order(StringComparer.Ordinal));

    [Fact]
    public void JobStandstill_OfAJobThatMovesAgain_IsThatOfTheLastLook()
    {
        Row[] looks = [Look(16, 2_400), Look(1, 0)];

        Assert.Equal(0.0, Assert.Single(KustoQuery.Run(Text("job-standstill.kql"), _ => looks, Now))["StandstillMinutes"]);

        static Row Look(int minutesAgo, double seconds) => new()
        {
            ["Name"] = "tinysaver.job.standstill",
            ["TimeGenerated"] = Now.AddMinutes(-minutesAgo),
            ["Properties"] = new Row { ["job"] = "night-1" },
            ["Sum"] = seconds,
        };
    }

    [Fact]
    public async Task Jobs_AreTheImagesThatWait() => Assert.Equal(
        ["night-1 640", "night-2 64"], (await RunAsync("jobs.kql")).Select(r => $"{r["Job"]} {r["Waiting"]}").Order(StringComparer.Ordinal));

    [Fact]
    public async Task Steps_AreMeansOfTheirTimes()
    {
        Row tiny = (await RunAsync("steps.kql")).Single(r => r["Stage"] is "tiny");

        Assert.Equal(("infer", 4.0), (tiny["Step"], tiny["Times"]));
        AssertNear(20, tiny["mean, ms"]);
        AssertNear(50, tiny["longest, ms"]);
    }

    [Fact]
    public async Task Money_IsThePricesTimesTheImages()
    {
        Row row = Assert.Single(await RunAsync("money.kql", ("{UsdPerMillionImages}", "2"), ("{UsdPerMillionEscalations}", "40"), ("{UsdPerMillionLargeOnly}", "50")));

        AssertNear(0.002 + 0.010, row["cascade, USD"]);
        AssertNear(0.050, row["large model alone, USD"]);
        AssertNear(0.050 - 0.012, row["saved, USD"]);
    }

    // Service Bus's metrics by the minute, as the diagnostic setting puts them into AzureMetrics.
    [Theory]
    [InlineData(0, null)]
    [InlineData(30, 4.0)]
    [InlineData(31, 20.0)]
    [InlineData(5000, 1440.0)]
    public void BacklogAge_IsTheAgeOfTheOldestOfThoseThatWait(int waiting, double? minutes)
    {
        Row[] metrics =
        [
            Metric("ActiveMessages", 2, waiting), Metric("ActiveMessages", 9, 7777), Metric("IncomingMessages", 1, 10), Metric("IncomingMessages", 4, 20),
            Metric("IncomingMessages", 20, 70), Metric("IncomingMessages", 2000, 9000),
        ];

        List<Row> rows = KustoQuery.Run(Text("backlog-age.kql"), table => table == "AzureMetrics" ? metrics : [], Now);

        Assert.Equal(minutes, minutes is null ? rows.SingleOrDefault()?["AgeMinutes"] : Assert.Single(rows)["AgeMinutes"]);

        static Row Metric(string name, int minutesAgo, double value) => new()
        {
            ["TimeGenerated"] = Now.AddMinutes(-minutesAgo),
            ["ResourceProvider"] = "MICROSOFT.SERVICEBUS",
            ["MetricName"] = name,
            ["Maximum"] = value,
            ["Total"] = value,
        };
    }

    // As Azure writes it: "Daily cap" in Microsoft's documentation of Log Analytics.
    [Theory]
    [InlineData("Ingestion", "Data collection stopped due to daily limit of free data reached. Ingestion status = OverQuota", 1)]
    [InlineData("Ingestion", "The data is being dropped: the value of the column is too long", 0)]
    public void LogCap_FindsTheWorkspacesOwnWords(string category, string detail, int rows) => Assert.Equal(
        rows, KustoQuery.Run(Text("log-cap.kql"), _ => [new Row { ["Category"] = category, ["Detail"] = detail }], Now).Count);

    // The evaluator's own: what it does not know must not pass for an empty answer.
    [Theory]
    [InlineData("AppMetrics | where Nmae == 'x'")]
    [InlineData("AppMetrics | extend X = no_such_function(Name)")]
    [InlineData("AppMetrics | join Other")]
    public async Task Evaluator_OfWhatItDoesNotKnow_Fails(string query)
    {
        Dictionary<string, List<Row>> tables = await RecordedTelemetry.TablesAsync();

        Assert.ThrowsAny<Exception>(() => KustoQuery.Run(query, t => tables[t], Now));
    }

    private static async Task<List<Row>> RunAsync(string file, params (string Placeholder, string Value)[] values)
    {
        Dictionary<string, List<Row>> tables = await RecordedTelemetry.TablesAsync();
        string text = values.Aggregate(Text(file), (t, v) => t.Replace(v.Placeholder, v.Value, StringComparison.Ordinal));
        return KustoQuery.Run(Grain().Replace(text, "1d"), table => tables[table], Now);
    }

    private static string Text(string file) => Repository.Read("infra", "queries", file);

    private static void AssertNear(double expected, object? actual) => Assert.Equal(expected, Convert.ToDouble(actual, CultureInfo.InvariantCulture), 1e-6 * expected);

    [GeneratedRegex(@"\{TimeRange:grain\}")]
    private static partial Regex Grain();
}
