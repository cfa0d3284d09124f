using TinySaver.Pipeline.Images;
using TinySaver.Pipeline.Storage;
using TinySaver.Pipeline.Tests.Emulator;
using TinySaver.Pipeline.Tests.InMemory;

namespace TinySaver.Pipeline.Tests.Images;

public sealed class InMemoryImagesTests : ImageStoreContract
{
    protected override Task<IImageStore> CreateAsync() =>
        Task.FromResult<IImageStore>(new InMemoryImages(TimeProvider.System, new Random(1)));

    protected override Task DeleteAsync(IImageStore store, string name)
    {
        ((InMemoryImages)store).Delete(name);
        return Task.CompletedTask;
    }
}

public sealed class BlobImageStoreTests(AzuriteFixture azurite) : ImageStoreContract
{
    private readonly StorageOptions _options = azurite.NewOptions();

    protected override async Task<IImageStore> CreateAsync()
    {
        var store = new BlobImageStore(AzuriteFixture.Connect(_options).Blobs.GetBlobContainerClient(_options.ImagesContainer));
        await store.EnsureCreatedAsync(Cancellation);
        await store.EnsureCreatedAsync(Cancellation);
        return store;
    }

    protected override Task DeleteAsync(IImageStore store, string name) => AzuriteFixture.Connect(_options).Blobs
        .GetBlobContainerClient(_options.ImagesContainer).DeleteBlobAsync(name, cancellationToken: Cancellation);
}
