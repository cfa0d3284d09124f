using Azure.Data.Tables;
using TinySaver.Core.Failures;
using TinySaver.Core.Labels;
using TinySaver.Pipeline.Labels;
using TinySaver.Pipeline.Storage;
using TinySaver.Pipeline.Tests.Emulator;
using TinySaver.Pipeline.Tests.InMemory;

namespace TinySaver.Pipeline.Tests.Labels;

public sealed class InMemoryLabelsTests : LabelStoreContract
{
    protected override Task<ILabelStore> CreateAsync() => Task.FromResult<ILabelStore>(new InMemoryLabels(TimeProvider.System));
}

public sealed class TableLabelStoreTests(AzuriteFixture azurite) : LabelStoreContract
{
    private readonly StorageOptions _options = azurite.NewOptions();

    private TableClient Table => AzuriteFixture.Connect(_options).Tables.GetTableClient(_options.LabelsTable);

    [Fact]
    public async Task TryInsertAsync_TextsTooLongForAProperty_AreCut()
    {
        ILabelStore store = await CreateAsync();
        string text = new('x', 40_000);
        var row = new LabelRow("a", new ImageVersion(DateTimeOffset.UnixEpoch, "0x1"), LabelStatus.Labelled)
        {
            Label = text,
            TopK = [new(0, text, 1), new(1, text, 0)],
        };

        Assert.NotNull(await store.TryInsertAsync(row, Cancellation));

        LabelRow stored = (await store.GetAsync("a", Cancellation))!.Row;
        Assert.StartsWith("xxx", stored.Label, StringComparison.Ordinal);
        Assert.Empty(stored.TopK);
    }

    [Fact]
    public async Task GetAsync_EntityThatIsNoRow_SaysWhichAndWhy()
    {
        ILabelStore store = await CreateAsync();
        await Table.AddEntityAsync(new TableEntity(LabelKeys.PartitionKey("a"), LabelKeys.RowKey("a")) { ["Name"] = "a" }, Cancellation);

        FormatException e = await Assert.ThrowsAsync<FormatException>(() => store.GetAsync("a", Cancellation));

        Assert.Contains("Status is missing", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PageAsync_Pages_ListEachRowOnce()
    {
        var store = (TableLabelStore)await CreateAsync();
        string[] names = [.. Enumerable.Range(0, 25).Select(i => $"a/{i:D2}")];
        foreach (string name in names)
            await store.TryInsertAsync(Labelled(name), Cancellation);

        var seen = new List<string>();
        int pages = 0;
        for (string? cursor = null; pages == 0 || cursor is not null; pages++)
        {
            RowPage page = await store.PageAsync(new(), cursor, 10, Cancellation);
            Assert.InRange(page.Rows.Count, 0, 10);
            seen.AddRange(page.Rows.Select(r => r.Row.Name));
            cursor = page.Cursor;
        }

        Assert.Equal(names, seen.Order(StringComparer.Ordinal));
        Assert.InRange(pages, 3, 4);
    }

    [Fact]
    public async Task PageAsync_EachFilter_TakesWhatItMeans()
    {
        var store = (TableLabelStore)await CreateAsync();
        LabelRow tiny = Labelled("a/1") with { DecidedBy = Decider.Tiny, Label = "it's", Confidence = 0.5, TinyClassIndex = 1, Job = "night" };
        LabelRow large = Labelled("b/2") with { DecidedBy = Decider.Large, Label = "x", Confidence = 0.9, TinyClassIndex = 1, LargeClassIndex = 2 };
        LabelRow agreed = large with { Name = "b/3", LargeClassIndex = 1 };
        LabelRow failed = new LabelRow("b/4", tiny.Version).FailedFor(FailureReason.Damaged, "d");
        foreach (LabelRow row in (LabelRow[])[tiny, large, agreed, failed])
            await store.TryInsertAsync(row, Cancellation);

        await IsAsync(new() { Batch = "b" }, "b/2", "b/3", "b/4");
        await IsAsync(new() { Status = LabelStatus.Failed }, "b/4");
        await IsAsync(new() { Reason = FailureReason.Damaged }, "b/4");
        await IsAsync(new() { Reason = FailureReason.Empty });
        await IsAsync(new() { Job = "night" }, "a/1");
        await IsAsync(new() { Label = "it's" }, "a/1");
        await IsAsync(new() { DecidedBy = Decider.Large, To = 0.9 }, "b/2", "b/3");
        await IsAsync(new() { From = 0.5, To = 0.6 }, "a/1");
        await IsAsync(new() { Differ = true }, "b/2");
        await IsAsync(new() { Since = DateTimeOffset.UtcNow.AddDays(1) });
        await IsAsync(new() { Since = DateTimeOffset.UtcNow.AddDays(-1), Batch = "a" }, "a/1");

        async Task IsAsync(LabelFilter filter, params string[] expected)
        {
            RowPage page = await store.PageAsync(filter, null, 100, Cancellation);
            Assert.Equal(expected, page.Rows.Select(r => r.Row.Name).Order(StringComparer.Ordinal));
        }
    }

    private static LabelRow Labelled(string name) => new(name, new ImageVersion(DateTimeOffset.UnixEpoch, "0x1"), LabelStatus.Labelled);

    protected override async Task<ILabelStore> CreateAsync()
    {
        var store = new TableLabelStore(Table);
        await store.EnsureCreatedAsync(Cancellation);
        await store.EnsureCreatedAsync(Cancellation);
        return store;
    }
}
