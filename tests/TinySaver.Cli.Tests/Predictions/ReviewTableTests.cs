using TinySaver.Cli.Accounts;
using TinySaver.Cli.Predictions;
using TinySaver.Core.Failures;
using TinySaver.Pipeline.Reviews;

namespace TinySaver.Cli.Tests.Predictions;

/// <summary>The reviews of an account as labels of predictions; the tests share its table, so each has a batch of its own.</summary>
public sealed class ReviewTableTests(OneAzurite azurite) : IClassFixture<OneAzurite>
{
    private static readonly string[] Texts = ["cat", "dog", "eel"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("storage", true)]
    [InlineData("storage#line-4", true)]
    [InlineData("https://account.blob.core.windows.net#line-4", true)]
    [InlineData("UseDevelopmentStorage=true", true)]
    [InlineData("AccountName=a;AccountKey=b=", true)]
    [InlineData("review.csv", false)]
    [InlineData("storage/review.csv", false)]
    [InlineData("reviews #2.csv", false)]
    public void IsOne_ValueOfTheOption_TellsAccountsFromFiles(string value, bool expected) => Assert.Equal(expected, ReviewTable.IsOne(value));

    [Fact]
    public async Task ReadAsync_Reviews_StandAboveTheLabelsOfTheirImages()
    {
        await ReviewAsync("photos/a.jpg", 2, "eel");
        await ReviewAsync("photos/b.jpg", 7, "dog");
        await ReviewAsync("photos/c.jpg", null, Review.NotInTheList);
        await ReviewAsync("photos/elsewhere.jpg", 0, "cat");
        await ReviewAsync("other/d.jpg", 0, "cat");

        // b's index is that of another order of the classes; c shows none of them, d is another batch's.
        int[] byFolder = await ReadAsync(azurite.ConnectionString, "/data/photos");
        int[] byBatch = await ReadAsync($"{azurite.ConnectionString}#photos", root: null);
        Assert.Equal([2, 1, 0, 0], byFolder);
        Assert.Equal([2, 1, 0, 0], byBatch);
    }

    [Fact]
    public async Task ReadAsync_NoneOfTheImages_NamesTheBatchesAndNoKey()
    {
        await ReviewAsync("line-4/a.jpg", 2, "eel");

        TinySaverException e = await Assert.ThrowsAsync<TinySaverException>(() => ReadAsync(azurite.ConnectionString, "/data/nothing"));

        Assert.Contains("'line-4'", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("AccountKey", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_LabelThatIsNoClass_IsRefused()
    {
        await ReviewAsync("zoo/a.jpg", 9, "gnu");

        TinySaverException e = await Assert.ThrowsAsync<TinySaverException>(() => ReadAsync(azurite.ConnectionString, "/data/zoo"));

        Assert.Contains("'zoo/a.jpg': the label 'gnu' is none of the model's 3 labels", e.Message, StringComparison.Ordinal);
    }

    private async Task ReviewAsync(string name, int? index, string label)
    {
        await using StorageAccount account = await azurite.OpenAsync();
        await account.Reviews.WriteAsync(new(name, "0x1", index, label, "ada", DateTimeOffset.UnixEpoch), Cancellation);
    }

    private static Task<int[]> ReadAsync(string reviews, string? root) => ReviewTable.ReadAsync(
        OneAzurite.Terminal,
        reviews,
        new("large", "large.csv", ["a.jpg", "b.jpg", "c.jpg", "d.jpg"], [0, 0, 0, 0], [0, 0, 0, 0], new Dictionary<Core.Confidence.ConfidenceMeasure, float[]>(), null, [1, 2, 3, 4],
            new Dictionary<int, string>(), null, null, null, null, root),
        Texts,
        Cancellation);
}
