using Azure.Data.Tables;
using TinySaver.Core.Labels;
using TinySaver.Pipeline.Reviews;
using TinySaver.Pipeline.Storage;
using TinySaver.Pipeline.Tests.Emulator;

namespace TinySaver.Pipeline.Tests.Reviews;

public sealed class ReviewStoreTests(AzuriteFixture azurite)
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 27, 12, 0, 0, TimeSpan.Zero);
    private readonly StorageOptions _options = azurite.NewOptions();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private async Task<ReviewStore> CreateAsync(bool withTable = true)
    {
        var store = new ReviewStore(AzuriteFixture.Connect(_options).Tables.GetTableClient(_options.ReviewsTable));
        if (withTable)
            await store.EnsureCreatedAsync(Cancellation);

        return store;
    }

    private static Review Cat(string name, int minute = 0, string by = "ada") => new(name, "0x1", 3, "cat", by, Noon.AddMinutes(minute));

    [Fact]
    public async Task WriteAsync_Review_IsReadBackAndListedByBatch()
    {
        ReviewStore store = await CreateAsync();
        Review none = Cat("b/2.jpg") with { ClassIndex = null, Label = Review.NotInTheList };
        await store.WriteAsync(Cat("a/1.jpg"), Cancellation);
        await store.WriteAsync(none, Cancellation);

        Assert.Equal(Cat("a/1.jpg"), (await store.GetAsync("a/1.jpg", Cancellation))!.Review);
        Assert.Null(await store.GetAsync("a/2.jpg", Cancellation));
        Assert.Equal([none], await store.ListAsync("b", Cancellation).Select(r => r.Review).ToListAsync(Cancellation));
        Assert.Equal(2, await store.ListAsync(null, Cancellation).CountAsync(Cancellation));
    }

    [Fact]
    public async Task WriteAsync_SameAgainOrOlder_ChangesNothing()
    {
        ReviewStore store = await CreateAsync();
        StoredReview first = (await store.WriteAsync(Cat("a/1.jpg", minute: 5), Cancellation)).Now;

        Assert.Equal(first, (await store.WriteAsync(Cat("a/1.jpg", minute: 6), Cancellation)).Now);
        Assert.Equal(first, (await store.WriteAsync(Cat("a/1.jpg", minute: 4, by: "bob"), Cancellation)).Now);
        Assert.Equal(first, await store.GetAsync("a/1.jpg", Cancellation));
    }

    [Fact]
    public async Task WriteAsync_Later_ReplacesAndTellsWhatWasThere()
    {
        ReviewStore store = await CreateAsync();
        await store.WriteAsync(Cat("a/1.jpg"), Cancellation);
        ReviewWrite write = await store.WriteAsync(Cat("a/1.jpg", minute: 1, by: "bob"), Cancellation);

        Assert.Equal(Cat("a/1.jpg"), write.Before);
        Assert.Equal("bob", (await store.GetAsync("a/1.jpg", Cancellation))!.Review.By);
    }

    [Fact]
    public async Task WriteAsync_ManyAtOnce_TheLatestStays()
    {
        ReviewStore store = await CreateAsync();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => store.WriteAsync(Cat("a/1.jpg", i, $"person {i}"), Cancellation)));

        Assert.Equal("person 7", (await store.GetAsync("a/1.jpg", Cancellation))!.Review.By);
    }

    [Fact]
    public async Task TryUndoAsync_FirstReview_IsGone_AndUndoingAgainChangesNothing()
    {
        ReviewStore store = await CreateAsync();
        ReviewWrite write = await store.WriteAsync(Cat("a/1.jpg"), Cancellation);

        Assert.True(await store.TryUndoAsync(write, Cancellation));
        Assert.Null(await store.GetAsync("a/1.jpg", Cancellation));
        Assert.False(await store.TryUndoAsync(write, Cancellation));
    }

    [Fact]
    public async Task TryUndoAsync_SecondReview_BringsTheFirstBack_UnlessSomebodyJudgedSince()
    {
        ReviewStore store = await CreateAsync();
        await store.WriteAsync(Cat("a/1.jpg"), Cancellation);
        ReviewWrite second = await store.WriteAsync(Cat("a/1.jpg", minute: 1, by: "bob"), Cancellation);
        ReviewWrite third = await store.WriteAsync(Cat("a/1.jpg", minute: 2, by: "eve"), Cancellation);

        Assert.False(await store.TryUndoAsync(second, Cancellation));
        Assert.True(await store.TryUndoAsync(third, Cancellation));
        Assert.Equal("bob", (await store.GetAsync("a/1.jpg", Cancellation))!.Review.By);
    }

    [Fact]
    public async Task ListAsync_NoTableYet_IsEmpty()
    {
        ReviewStore store = await CreateAsync(withTable: false);

        Assert.Empty(await store.ListAsync(null, Cancellation).ToListAsync(Cancellation));
    }

    [Fact]
    public async Task WriteAsync_NameThatIsHostile_HasTheKeysOfItsLabelRow()
    {
        ReviewStore store = await CreateAsync();
        const string Name = "a/<script>alert(1)</script> '\"?#%.jpg";
        await store.WriteAsync(Cat(Name), Cancellation);

        TableEntity entity = await AzuriteFixture.Connect(_options).Tables.GetTableClient(_options.ReviewsTable)
            .GetEntityAsync<TableEntity>(LabelKeys.PartitionKey(Name), LabelKeys.RowKey(Name), cancellationToken: Cancellation);
        Assert.Equal(Name, entity.GetString("Name"));
    }
}
