using Azure.Data.Tables;
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

    protected override async Task<ILabelStore> CreateAsync()
    {
        var store = new TableLabelStore(Table);
        await store.EnsureCreatedAsync(Cancellation);
        await store.EnsureCreatedAsync(Cancellation);
        return store;
    }
}
