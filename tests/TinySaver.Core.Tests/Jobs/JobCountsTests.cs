using TinySaver.Core.Failures;
using TinySaver.Core.Jobs;
using TinySaver.Core.Labels;

namespace TinySaver.Core.Tests.Jobs;

public sealed class JobCountsTests
{
    private static readonly LabelRow Row = new LabelRow("a", default) with { Policy = "p" };
    private static readonly Prediction Answer = new(0, "a", 1, []);

    [Fact]
    public void Sum_OfSingleImages_CountsEachOnce()
    {
        var sum = JobCounts.Sum(
        [
            JobCounts.Of(Row.LabelledBy(Decider.Tiny, Answer), skipped: false, macs: 10, largeMacs: 1_000),
            JobCounts.Of(Row.LabelledBy(Decider.Tiny, Answer) with { Degraded = true }, skipped: true, macs: 10, largeMacs: 1_000),
            JobCounts.Of(Row.LabelledBy(Decider.Large, Answer), skipped: false, macs: 1_010, largeMacs: 1_000),
            JobCounts.Of(Row, skipped: false, macs: 10, largeMacs: 1_000),
            JobCounts.Of(Row.FailedFor(FailureReason.Empty, "") with { Policy = null }, skipped: false, macs: 0, largeMacs: 1_000),
            JobCounts.Of(Row.FailedFor(FailureReason.Empty, "") with { Policy = "q" }, skipped: false, macs: 0, largeMacs: 1_000),
        ]);

        Assert.Equal(
            """
            {"chunks":0,"images":6,"skipped":1,"tiny":2,"large":1,"degraded":1,"waiting":1,"failed":2,"failedByReason":{"empty":2},"policies":{"p":4,"q":1},"macs":1030,"largeOnlyMacs":2000}
            """.Trim(),
            sum.ToJson());
        Assert.Equal(sum.ToJson(), JobCounts.Parse(sum.ToJson()).ToJson());
    }

    [Fact]
    public void UsdSaved_IsWhatTheLargeModelAloneCostsMore()
    {
        var prices = new JobPrices(Images: 4, Escalations: 50, LargeOnly: 52);
        LabelRow escalated = Row with { LargeLabel = "a" };
        JobCounts[] counts =
        [
            JobCounts.Of(Row.LabelledBy(Decider.Tiny, Answer), skipped: false, 0, 0, prices),
            JobCounts.Of(escalated.LabelledBy(Decider.Large, Answer), skipped: false, 0, 0, prices),
            JobCounts.Of(Row.FailedFor(FailureReason.Empty, ""), skipped: false, 0, 0, prices),
            JobCounts.Of(escalated.LabelledBy(Decider.Large, Answer), skipped: true, 0, 0, prices),
        ];

        Assert.Equal([48e-6, -2e-6, -4e-6, 0.0], counts.Select(c => c.UsdSaved!.Value).Select(u => Math.Round(u, 9)));
        Assert.Equal(42e-6, JobCounts.Sum(counts).UsdSaved!.Value, 12);
        Assert.Equal(42e-6, JobCounts.Parse(JobCounts.Sum(counts).ToJson()).UsdSaved!.Value, 12);
        Assert.Null(JobCounts.Sum([JobCounts.Of(Row, skipped: false, 0, 0)]).UsdSaved);
    }

    [Theory]
    [InlineData(0, 0, 0, null)]
    [InlineData(3, 1, 0, 0.75)]
    [InlineData(3, 0, 1, 0.75)]
    [InlineData(0, 0, 2, 0.0)]
    public void ExitRate_IsOfAllThatTheSaversWereAskedAbout(long tiny, long large, long waiting, double? rate) =>
        Assert.Equal(rate, new JobCounts { Tiny = tiny, Large = large, Waiting = waiting }.ExitRate);

    [Theory]
    [InlineData(0, 0, 0, null)]
    [InlineData(25, 100, 0, 0.75)]
    [InlineData(25, 100, 1, null)]
    public void ComputeSaved_IsNotKnownWhileImagesWait(long macs, long largeOnly, long waiting, double? saved) =>
        Assert.Equal(saved, new JobCounts { Macs = macs, LargeOnlyMacs = largeOnly, Waiting = waiting }.ComputeSaved);

    [Theory]
    [InlineData(5, 100, 5.0, 1, false)]
    [InlineData(6, 100, 5.0, 1, true)]
    [InlineData(6, 100, 5.0, 256, false)]
    [InlineData(1, 100, 0.0, 256, true)]
    [InlineData(100, 100, null, 1, false)]
    [InlineData(0, 0, 0.0, 1, false)]
    public void Exceeds_ComparesTheShareWithWhatIsAllowed(long failed, long images, double? percent, long least, bool exceeds) =>
        Assert.Equal(exceeds, new JobCounts { Failed = failed, Images = images }.Exceeds(percent, least));
}
