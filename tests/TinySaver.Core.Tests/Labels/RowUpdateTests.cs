using FsCheck;
using FsCheck.Fluent;
using TinySaver.Core.Labels;

namespace TinySaver.Core.Tests.Labels;

public sealed class RowUpdateTests
{
    private static readonly DateTimeOffset Second = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    // Three seconds with three ETags each: same seconds are as frequent as different ones. One blob has no two versions with one ETag.
    private static readonly ImageVersion[] Versions =
        [.. from second in Enumerable.Range(0, 3) from tag in "ABC" select new ImageVersion(Second.AddSeconds(second), $"0x{tag}{second}")];

    private static readonly Gen<LabelRow[]> Deliveries =
        from rows in Row().NonEmptyListOf()
        from repeated in Gen.Elements(rows.ToArray()).ListOf()
        from shuffled in Gen.Shuffle(rows.Concat(repeated).ToArray())
        select shuffled;

    [Fact]
    public void Replaces_AnyOrderAndMultiplicityOfDeliveries_EndsInTheSameRow() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(5_000),
        Prop.ForAll(Arb.From(Deliveries), Arb.From(Gen.Choose(0, int.MaxValue)), (deliveries, seed) =>
        {
            LabelRow[] shuffled = [.. deliveries, .. deliveries];
            new Random(seed).Shuffle(shuffled);
            return Deliver(deliveries, null) == Deliver(shuffled, null);
        }));

    [Fact]
    public void Replaces_VersionsOfOneSecond_EndsInTheBlobsPresentVersion() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(5_000),
        Prop.ForAll(Arb.From(Deliveries), deliveries =>
        {
            DateTimeOffset last = deliveries.Max(r => r.Version.LastModified);
            ImageVersion current = deliveries.First(r => r.Version.LastModified == last).Version;
            LabelRow best = deliveries.Where(r => r.Version == current).MaxBy(Standing)!;
            return Deliver(deliveries, current.ETag) == best;
        }));

    [Fact]
    public void Replaces_RowOfOlderVersion_NeverReplacesNewer() =>
        Assert.False(RowUpdate.Replaces(Row(Second.AddSeconds(1), LabelStatus.Escalated), Row(Second, LabelStatus.Labelled, Decider.Large)));

    [Fact]
    public void Replaces_EscalatedAfterLargeLabelledSameVersion_IsKept() =>
        Assert.False(RowUpdate.Replaces(Row(Second, LabelStatus.Labelled, Decider.Large), Row(Second, LabelStatus.Escalated)));

    [Fact]
    public void Replaces_RepeatOfTheSameRow_ChangesNothing()
    {
        LabelRow row = Row(Second, LabelStatus.Escalated);

        Assert.False(RowUpdate.Replaces(row, row with { OperationId = "another", StageMilliseconds = 7 }));
    }

    [Theory]
    [InlineData(LabelStatus.Escalated, null, false, true)]
    [InlineData(LabelStatus.Labelled, Decider.Tiny, false, true)]
    [InlineData(LabelStatus.Labelled, Decider.Tiny, true, true)]
    [InlineData(LabelStatus.Labelled, Decider.Large, false, false)]
    [InlineData(LabelStatus.Labelled, Decider.Large, true, false)]
    [InlineData(LabelStatus.Failed, null, false, true)]
    public void AwaitsLarge_RowOfTheSameVersion_SaysWhetherTheLargeModelAddsToIt(
        LabelStatus status, Decider? decidedBy, bool shadow, bool expected)
    {
        LabelRow row = Row(Second, status, decidedBy);

        Assert.Equal(expected, RowUpdate.AwaitsLarge(row, row.Version, shadow));
        Assert.False(RowUpdate.AwaitsLarge(row, row.Version with { LastModified = Second.AddSeconds(-1) }, shadow));
        Assert.True(RowUpdate.AwaitsLarge(row, row.Version with { LastModified = Second.AddSeconds(1) }, shadow));
        Assert.True(RowUpdate.AwaitsLarge(row, row.Version with { ETag = "0xother" }, shadow));
        Assert.True(RowUpdate.AwaitsLarge(row, row.Version with { ETag = "0x0" }, shadow));
    }

    [Fact]
    public void AwaitsLarge_ShadowAnsweredRow_IsDone()
    {
        LabelRow row = Row(Second, LabelStatus.Labelled, Decider.Tiny) with { LargeLabel = "cat" };

        Assert.False(RowUpdate.AwaitsLarge(row, row.Version, shadow: true));
    }

    private static LabelRow? Deliver(IEnumerable<LabelRow> deliveries, string? currentETag) =>
        deliveries.Aggregate(
            (LabelRow?)null, (held, row) => RowUpdate.Replaces(held, row, currentETag) ? row : held);

    // The order within a version, written out anew: what the contract says, not what the code does.
    private static int Standing(LabelRow row) => (row.Status, row.DecidedBy, row.LargeLabel) switch
    {
        (LabelStatus.Escalated, _, _) => 0,
        (LabelStatus.Failed, _, _) => 1,
        (LabelStatus.Labelled, Decider.Tiny, null) => 2,
        (LabelStatus.Labelled, Decider.Tiny, _) => 3,
        _ => 4,
    };

    private static Gen<LabelRow> Row() =>
        from version in Gen.Elements(Versions)
        from kind in Gen.Choose(0, 4)
        select kind switch
        {
            0 => Row(version, LabelStatus.Escalated, null),
            1 => Row(version, LabelStatus.Failed, null),
            2 => Row(version, LabelStatus.Labelled, Decider.Tiny),
            3 => Row(version, LabelStatus.Labelled, Decider.Tiny) with { LargeLabel = "cat" },
            _ => Row(version, LabelStatus.Labelled, Decider.Large) with { LargeLabel = "cat" },
        };

    private static LabelRow Row(DateTimeOffset lastModified, LabelStatus status, Decider? decidedBy = null) =>
        Row(new ImageVersion(lastModified, "0xA"), status, decidedBy);

    // One shared list, because records compare lists by reference.
    private static readonly IReadOnlyList<ClassPrediction> NoClasses = [];

    private static LabelRow Row(ImageVersion version, LabelStatus status, Decider? decidedBy) =>
        new("a.jpg", version, status) { DecidedBy = decidedBy, TopK = NoClasses };
}
