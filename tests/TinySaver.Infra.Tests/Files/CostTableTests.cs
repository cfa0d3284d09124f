using System.Globalization;
using System.Text.RegularExpressions;
using TinySaver.Calibration.Costs;

namespace TinySaver.Infra.Tests.Files;

/// <summary>The money in the documentation and in the workbook's defaults, worked out by the project's own cost model.</summary>
public sealed class CostTableTests
{
    // Inputs of the table, as docs/deploy.md says them.
    private static readonly TinyWorkload Tiny = new(MemoryMegabytes: 2048, SecondsPerImage: 0.100, InFlight: 8, ImagesPerActivity: 1000);
    private const double Utilisation = 0.5;

    private static readonly (string Name, double GpuPerSecond, LargeWorkload Workload)[] Replicas =
    [
        ("`none`: 4 vCPU, 8 GiB, 200 ms an image", 0, new(4, 8, 0.200, Utilisation)),
        ("`T4`: 8 vCPU, 56 GiB, 10 ms an image", Prices.T4PerSecond, new(8, 56, 0.010, Utilisation)),
        ("`A100`: 24 vCPU, 220 GiB, 4 ms an image", Prices.A100PerSecond, new(24, 220, 0.004, Utilisation)),
    ];

    private static readonly double[] ExitRates = [0.5, 0.8, 0.95];

    [Fact]
    public void Documentation_HasTheCostModelsFigures()
    {
        string documentation = Repository.Read("docs", "deploy.md");

        foreach ((string name, double gpu, LargeWorkload large) in Replicas)
        {
            CostEstimate[] estimates = [.. ExitRates.Select(e => CostModel.Estimate(Tiny, large, e, PricesFor(gpu)))];
            string row = string.Create(
                CultureInfo.InvariantCulture,
                $"| {name} | {estimates[0].LargeOnlyPerMillion:F2} | {string.Join(" | ", estimates.Select(e => e.CascadePerMillion.ToString("F2", CultureInfo.InvariantCulture)))} | {estimates[0].BreakEvenExitRate:P0} |");
            Assert.Contains(row, documentation, StringComparison.Ordinal);
        }
    }

    // Without a GPU, at an exit rate of 80 %.
    [Fact]
    public void Documentation_HasEachLineWithItsSource()
    {
        string documentation = Repository.Read("docs", "deploy.md");
        (_, double gpu, LargeWorkload large) = Replicas[0];

        foreach (CostLine line in CostModel.Estimate(Tiny, large, 0.8, PricesFor(gpu)).Lines)
        {
            Assert.Contains(
                string.Create(CultureInfo.InvariantCulture, $"| {line.Item} | {line.LargeOnly:F2} | {line.Cascade:F2} | {line.Source} |"), documentation, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Documentation_WorksOutWhatIsAroundTheTable()
    {
        string documentation = Repository.Read("docs", "deploy.md");
        (_, double gpu, LargeWorkload large) = Replicas[0];

        foreach ((string what, double dollars) in ((string, double)[])
        [
            (" more per million images", Cascade(Tiny with { TraceShare = 1 }) - Cascade(Tiny)),
            (" more per million images, were all of them poisoned", Cascade(Tiny with { PoisonedShare = 1 }) - Cascade(Tiny)),
            (" a month, within the free grant", 2 * 30 * 24 * 4 * CostModel.GigabyteSecondsPerImage(new(2048, 1, 1, 1), Prices.Default.Function) * Prices.Default.Function.PerGigabyteSecond),
        ])
        {
            Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"| {dollars:F2}{what} |"), documentation, StringComparison.Ordinal);
        }

        double Cascade(TinyWorkload tiny) => CostModel.Estimate(tiny, large, 0.8, PricesFor(gpu)).CascadePerMillion;
    }

    // Its prices are from memory; what is made of them is not.
    [Fact]
    public void Documentation_MultipliesThePricesOfThePrivateNetwork()
    {
        Match rows = Regex.Match(
            Repository.Read("docs", "deploy.md"), @"\| (\d) at ([\d.]+), (\d) zones at ([\d.]+) \| ([\d.]+) a month and .*\n\| .*one endpoint and one zone more, and the namespace at (\d+) \| ([\d.]+) a month \|");

        Assert.True(rows.Success, "The table has no two rows of the private network.");
        decimal[] n = [.. rows.Groups.Values.Skip(1).Select(g => decimal.Parse(g.Value, CultureInfo.InvariantCulture))];
        Assert.Equal((n[0] * n[1]) + (n[2] * n[3]), n[4]);
        Assert.Equal(n[4] + n[1] + n[3] + n[5], n[6]);
    }

    [Fact]
    public void JobsDocumentation_HasTheCostModelsFigures()
    {
        string documentation = Repository.Read("docs", "jobs.md");

        foreach ((string announced, AnnouncementCost cost) in ((string, AnnouncementCost)[])[("an upload, by the blob trigger", AnnouncementCost.OfUpload), ("an image of a job", AnnouncementCost.OfJob)])
        {
            string row = string.Create(
                CultureInfo.InvariantCulture,
                $"| {announced} | {cost.QueueOperations:0.###} | {cost.BlobReads:0.###} | {cost.BlobWrites:0.###} | {cost.TableOperations:0.###} | {cost.Events:0.###} | {cost.Executions:0.###} | {cost.PerMillion(Prices.Default):F2} |");
            Assert.Contains(row, documentation, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Workbook_StartsWithTheCostModelsFigures()
    {
        string main = Repository.Read("infra", "main.bicep");
        (_, double gpu, LargeWorkload large) = Replicas[0];
        CostEstimate none = CostModel.Estimate(Tiny, large, 0, PricesFor(gpu));
        CostEstimate all = CostModel.Estimate(Tiny, large, 1, PricesFor(gpu));

        // With every image exiting, the cascade costs what the tiny app costs; each image that does not costs the difference more.
        AssertDefault("usdPerMillionImages", all.CascadePerMillion);
        AssertDefault("usdPerMillionJobImages", all.CascadePerMillion - AnnouncementCost.OfUpload.PerMillion(Prices.Default) + AnnouncementCost.OfJob.PerMillion(Prices.Default));
        AssertDefault("usdPerMillionEscalations", none.CascadePerMillion - all.CascadePerMillion);
        AssertDefault("usdPerMillionLargeOnly", none.LargeOnlyPerMillion);

        void AssertDefault(string parameter, double dollars) => Assert.Contains(
            string.Create(CultureInfo.InvariantCulture, $"param {parameter} string = '{dollars:F2}'"), main, StringComparison.Ordinal);
    }

    private static Prices PricesFor(double gpuPerSecond) => Prices.Default with { Replica = Prices.Default.Replica with { Gpu = gpuPerSecond } };
}
