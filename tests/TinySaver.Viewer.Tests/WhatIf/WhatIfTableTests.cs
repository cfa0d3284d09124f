using TinySaver.Core.Cascade;
using TinySaver.Core.Confidence;
using TinySaver.Core.Labels;
using TinySaver.Pipeline.Labels;
using TinySaver.Pipeline.Reviews;
using TinySaver.Viewer.Counting;
using TinySaver.Viewer.Policies;
using TinySaver.Viewer.WhatIf;

namespace TinySaver.Viewer.Tests.WhatIf;

public sealed class WhatIfTableTests
{
    private static readonly string First = new('a', 64);
    private static readonly string Second = new('b', 64);

    private static KnownPolicy Policy(IReadOnlyList<double>? weights = null) => new(
        new CascadePolicy
        {
            Savers =
            [
                new() { Model = new("m/first", Sha256: First, Macs: 10), Measure = ConfidenceMeasure.Margin, Threshold = 0.9 },
                new() { Model = new("m/second", Sha256: Second, Macs: 100), Measure = ConfidenceMeasure.MaxProbability, Threshold = 0.5, Weights = weights },
            ],
            Large = new("m/large", Sha256: new('c', 64), Macs: 1000),
        },
        ["cat", "dog"]);

    private static LabelRow Exit(KnownPolicy policy, string name, double confidence, int says = 0) => new(
        name, new(DateTimeOffset.UnixEpoch, "0x1"), LabelStatus.Labelled, ClassIndex: says, Confidence: confidence, DecidedBy: Decider.Tiny, TinyClassIndex: says,
        TinyConfidence: confidence, TinyModel: Second[..12], Policy: policy.Id);

    private static LabelRow Escalated(KnownPolicy policy, string name, double confidence, int tiny, int large) => Exit(policy, name, confidence, tiny) with
    {
        ClassIndex = large,
        DecidedBy = Decider.Large,
        LargeLabel = "x",
        LargeClassIndex = large,
    };

    private static WhatIfTable Table(KnownPolicy policy, IEnumerable<LabelRow> rows, params Review[] reviews)
    {
        var texts = new Texts();
        KeyValuePair<UInt128, RowFacts>[] facts = [.. rows.Select(r => KeyValuePair.Create(Key(r.Name), RowFacts.Of(new StoredRow(r, "t", DateTimeOffset.UnixEpoch), texts)))];
        return WhatIfTable.Of(policy, null, facts, texts, reviews.ToDictionary(r => Key(r.Name)), batch: null)!;
    }

    private static UInt128 Key(string name) => new ImageVersion(default, "").KeyOf(name);

    [Fact]
    public void Of_RowsOfTheLastSaver_LieInTheBinsOfTheirConfidence()
    {
        KnownPolicy policy = Policy();
        WhatIfTable table = Table(policy, [Exit(policy, "b/cat/1", 0.7501), Exit(policy, "b/cat/2", 1), Escalated(policy, "b/dog/3", 0.25, tiny: 0, large: 1)]);

        Assert.Equal((1, 1, 1), (table.Bins[750].N, table.Bins[999].N, table.Bins[250].N));
        Assert.Equal(3, table.Bins.Sum(b => b.N));
        Assert.Equal(new WhatIfBin(1, Truth: 1, ExitRight: 0, Known: 1, LargeRight: 1), table.Bins[250]);
        Assert.Equal(new WhatIfBin(1, Truth: 1, ExitRight: 1, Known: 0, LargeRight: 0), table.Bins[999]);
        Assert.Equal((110, 1000, 3), (table.SaverMacs, table.LargeMacs, table.ByFolder));
    }

    [Fact]
    public void Of_RowThatExitedEarlier_IsInNoBin()
    {
        KnownPolicy policy = Policy();
        WhatIfTable table = Table(policy, [Exit(policy, "b/1", 0.95) with { TinyModel = First[..12] }]);

        Assert.Equal((1, 10L, 0), (table.Earlier.N, table.EarlierMacs, table.Bins.Sum(b => b.N)));
    }

    [Fact]
    public void Of_Review_StandsAboveTheFoldersName()
    {
        KnownPolicy policy = Policy();
        Review dog = new("b/cat/1", "0x1", 1, "dog", "ada", DateTimeOffset.UnixEpoch);
        Review neither = new("b/cat/2", "0x1", null, Review.NotInTheList, "ada", DateTimeOffset.UnixEpoch);
        WhatIfTable table = Table(policy, [Exit(policy, "b/cat/1", 0.6), Exit(policy, "b/cat/2", 0.7)], dog, neither);

        Assert.Equal((2L, 0L), (table.ByReview, table.ByFolder));
        Assert.Equal((1, 0), (table.Bins[600].Truth, table.Bins[600].ExitRight));
        Assert.Equal((1, 0), (table.Bins[700].Truth, table.Bins[700].ExitRight));
    }

    [Fact]
    public void Of_RowsOfAnotherPolicyOrFailed_AreLeftOut()
    {
        KnownPolicy policy = Policy();
        WhatIfTable table = Table(policy, [Exit(policy, "1", 0.6) with { Policy = "other" }, new LabelRow("2", default).FailedFor(Core.Failures.FailureReason.Damaged, "d")]);

        Assert.Equal((1L, 0), (table.LeftOut, table.Bins.Sum(b => b.N)));
    }

    [Fact]
    public void Of_PooledSaver_TakesThePooledConfidenceOfAnExit_AndTellsOnlyOfHigherThresholds()
    {
        KnownPolicy policy = Policy([0.5, 0.5]);
        WhatIfTable table = Table(policy, [Exit(policy, "1", 0.8) with { TinyConfidence = 0.3 }]);

        Assert.True(table.UpOnly);
        Assert.Equal(1, table.Bins[800].N);
    }
}
