using Azure.Storage.Blobs;
using TinySaver.Cli.Retry;

namespace TinySaver.Cli.Tests.Retry;

public sealed class RetryCommandTests(OneAzurite azurite) : IClassFixture<OneAzurite>
{
    [Fact]
    public async Task Batch_TakesItsImagesAndNoOthers()
    {
        BlobContainerClient images = new BlobServiceClient(azurite.ConnectionString).GetBlobContainerClient("images");
        await images.CreateIfNotExistsAsync(cancellationToken: TestContext.Current.CancellationToken);
        foreach (string name in (string[])["june/1", "june/2", "junebug/3"])
            await images.UploadBlobAsync(name, BinaryData.FromString("x"), TestContext.Current.CancellationToken);

        (int code, string text) = await OneCommand.RunAsync(RetryCommand.Create, "--batch", "june", "--storage", azurite.ConnectionString);

        Assert.Equal(ExitCode.Success, code);
        Assert.Contains("2 of 2 images put back", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Named_ThatIsGone_IsNotCountedAsPutBack()
    {
        await new BlobServiceClient(azurite.ConnectionString).GetBlobContainerClient("images").CreateIfNotExistsAsync(cancellationToken: TestContext.Current.CancellationToken);

        (int code, string text) = await OneCommand.RunAsync(RetryCommand.Create, "nowhere", "--storage", azurite.ConnectionString);

        Assert.Equal(ExitCode.SomeFailed, code);
        Assert.Contains("0 of 1 images put back", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Named_ThatCannotBeAskedFor_IsSaidAndIsNotAllWell()
    {
        BlobContainerClient images = new BlobServiceClient(azurite.ConnectionString).GetBlobContainerClient("images");
        await images.CreateIfNotExistsAsync(cancellationToken: TestContext.Current.CancellationToken);
        await images.UploadBlobAsync("a/b", BinaryData.FromString("x"), TestContext.Current.CancellationToken);

        (int code, string text) = await OneCommand.RunAsync(RetryCommand.Create, "a/b", "a/../b", "--storage", azurite.ConnectionString);

        Assert.Equal(ExitCode.SomeFailed, code);
        Assert.Contains("'a/../b' is passed over", text, StringComparison.Ordinal);
        Assert.Contains("1 of 1 images put back", text, StringComparison.Ordinal);
    }
}
