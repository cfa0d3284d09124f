using TinySaver.Core.Failures;
using TinySaver.Core.Labels;
using TinySaver.Pipeline.Labels;
using TinySaver.Pipeline.Tests.Images;

namespace TinySaver.Pipeline.Tests.Labels;

/// <summary>What every label store does.</summary>
public abstract class LabelStoreContract
{
    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> Names => ImageStoreContract.Names;

    protected abstract Task<ILabelStore> CreateAsync();

    [Theory]
    [MemberData(nameof(Names))]
    public async Task GetAsync_InsertedRow_IsTheSame(string name)
    {
        ILabelStore store = await CreateAsync();
        LabelRow row = Full(name);

        Assert.Null(await store.GetAsync(name, Cancellation));
        string? tag = await store.TryInsertAsync(row, Cancellation);

        StoredRow stored = Assert.IsType<StoredRow>(await store.GetAsync(name, Cancellation));
        Assert.Equal(stored.RowTag, tag);
        Assert.Equal(row.TopK, stored.Row.TopK);
        Assert.Equal(row, stored.Row with { TopK = row.TopK });
        Assert.Equal(stored.RowTag, Assert.Single(await store.QueryAsync(LabelQuery.All, Cancellation).ToArrayAsync(Cancellation)).RowTag);
    }

    [Fact]
    public async Task GetAsync_RowOfFewColumns_HasNothingInTheOthers()
    {
        ILabelStore store = await CreateAsync();
        LabelRow row = Row("a", LabelStatus.Escalated);

        await store.TryInsertAsync(row, Cancellation);

        Assert.Equal(row, (await store.GetAsync("a", Cancellation))!.Row with { TopK = row.TopK });
    }

    [Fact]
    public async Task TryInsertAsync_ExistingRow_WritesNothing()
    {
        ILabelStore store = await CreateAsync();
        await store.TryInsertAsync(Row("a", LabelStatus.Escalated), Cancellation);

        Assert.Null(await store.TryInsertAsync(Row("a", LabelStatus.Failed), Cancellation));
        Assert.Equal(LabelStatus.Escalated, (await store.GetAsync("a", Cancellation))!.Row.Status);
    }

    [Fact]
    public async Task TryReplaceAsync_RowAsRead_ReplacesAllColumns()
    {
        ILabelStore store = await CreateAsync();
        await store.TryInsertAsync(Full("a"), Cancellation);
        StoredRow read = (await store.GetAsync("a", Cancellation))!;

        string? tag = await store.TryReplaceAsync(Row("a", LabelStatus.Failed), read.RowTag, Cancellation);

        StoredRow replaced = (await store.GetAsync("a", Cancellation))!;
        Assert.Equal(replaced.RowTag, tag);
        Assert.Equal(Row("a", LabelStatus.Failed), replaced.Row with { TopK = [] } with { TopK = Row("a", LabelStatus.Failed).TopK });
    }

    [Fact]
    public async Task TryReplaceAsync_RowChangedOrGone_WritesNothing()
    {
        ILabelStore store = await CreateAsync();
        await store.TryInsertAsync(Row("a", LabelStatus.Escalated), Cancellation);
        StoredRow read = (await store.GetAsync("a", Cancellation))!;
        Assert.NotNull(await store.TryReplaceAsync(Row("a", LabelStatus.Labelled), read.RowTag, Cancellation));

        Assert.Null(await store.TryReplaceAsync(Row("a", LabelStatus.Failed), read.RowTag, Cancellation));
        Assert.Null(await store.TryReplaceAsync(Row("b", LabelStatus.Failed), read.RowTag, Cancellation));
        Assert.Equal(LabelStatus.Labelled, (await store.GetAsync("a", Cancellation))!.Row.Status);
        Assert.Null(await store.GetAsync("b", Cancellation));
    }

    [Fact]
    public async Task TryReplaceAsync_ManyAtOnce_OneWins()
    {
        ILabelStore store = await CreateAsync();
        await store.TryInsertAsync(Row("a", LabelStatus.Escalated), Cancellation);
        StoredRow read = (await store.GetAsync("a", Cancellation))!;

        string?[] won = await Task.WhenAll(Enumerable.Range(0, 20).Select(i =>
            Task.Run(() => store.TryReplaceAsync(Row("a", LabelStatus.Labelled) with { ClassIndex = i }, read.RowTag, Cancellation), Cancellation)));

        Assert.Equal(Array.FindIndex(won, w => w is not null), (await store.GetAsync("a", Cancellation))!.Row.ClassIndex);
        Assert.Single(won, w => w is not null);
    }

    [Fact]
    public async Task TryDeleteAsync_RowAsRead_RemovesIt_AndNoOther()
    {
        ILabelStore store = await CreateAsync();
        await store.TryInsertAsync(Row("a", LabelStatus.Escalated), Cancellation);
        StoredRow read = (await store.GetAsync("a", Cancellation))!;
        await store.TryReplaceAsync(Row("a", LabelStatus.Labelled), read.RowTag, Cancellation);

        Assert.False(await store.TryDeleteAsync("a", read.RowTag, Cancellation));
        Assert.True(await store.TryDeleteAsync("a", (await store.GetAsync("a", Cancellation))!.RowTag, Cancellation));
        Assert.False(await store.TryDeleteAsync("a", read.RowTag, Cancellation));
        Assert.Null(await store.GetAsync("a", Cancellation));
    }

    [Fact]
    public async Task QueryAsync_BatchAndStatus_RestrictBoth()
    {
        ILabelStore store = await CreateAsync();
        foreach (string name in new[] { "a/1", "a/2", "a!/3", "4", "_/5" })
            await store.TryInsertAsync(Row(name, name == "a/2" ? LabelStatus.Failed : LabelStatus.Labelled), Cancellation);

        Assert.Equal(["a/1", "a/2"], await NamesAsync(store, new LabelQuery("a")));
        Assert.Equal(["a!/3"], await NamesAsync(store, new LabelQuery("a!")));
        Assert.Equal(["4"], await NamesAsync(store, new LabelQuery("")));
        Assert.Equal(["_/5"], await NamesAsync(store, new LabelQuery("_")));
        Assert.Equal(["a/2"], await NamesAsync(store, new LabelQuery(Status: LabelStatus.Failed)));
        Assert.Equal(["a/1"], await NamesAsync(store, new LabelQuery("a", LabelStatus.Labelled)));
    }

    [Fact]
    public async Task QueryAsync_MoreThanOnePage_ListsEachOnce()
    {
        ILabelStore store = await CreateAsync();
        string[] names = [.. Enumerable.Range(0, 1_100).Select(i => $"a/{i:D4}")];
        await Parallel.ForEachAsync(
            names, Cancellation, async (name, token) => await store.TryInsertAsync(Row(name, LabelStatus.Labelled), token));

        Assert.Equal(names, await NamesAsync(store, LabelQuery.All));
    }

    private static async Task<string[]> NamesAsync(ILabelStore store, LabelQuery query)
    {
        string[] names = await store.QueryAsync(query, Cancellation).Select(r => r.Row.Name).ToArrayAsync(Cancellation);
        Array.Sort(names, StringComparer.Ordinal);
        return names;
    }

    // One list for all, because records compare lists by reference.
    private static readonly IReadOnlyList<ClassPrediction> NoClasses = [];

    private static LabelRow Row(string name, LabelStatus status) =>
        new(name, new ImageVersion(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), "0x8DC1"), status) { TopK = NoClasses };

    private static LabelRow Full(string name) => Row(name, LabelStatus.Labelled) with
    {
        Label = "Katze 😀",
        ClassIndex = 7,
        Confidence = 0.1 + 0.2,
        DecidedBy = Decider.Large,
        TopK = [new(7, "Katze 😀", 0.9f), new(0, "\"dog\"", 1e-7f)],
        TinyLabel = "dog",
        TinyClassIndex = 0,
        TinyConfidence = 0.25,
        LargeLabel = "Katze 😀",
        LargeClassIndex = 7,
        LargeConfidence = 1,
        Shadow = true,
        Degraded = true,
        Policy = "p1",
        TinyModel = "abc",
        LargeModel = "def",
        Reason = FailureReason.NotAnImage,
        ReasonDetail = "line 1\nline 2",
        StageMilliseconds = 12.5,
        OperationId = "0af7651916cd43dd8448eb211c80319c",
        Job = "night",
    };
}
