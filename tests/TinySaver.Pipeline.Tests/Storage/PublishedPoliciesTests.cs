using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Storage.Blobs;
using TinySaver.Core.Cascade;
using TinySaver.Pipeline.Storage;
using TinySaver.Pipeline.Tests.Emulator;

namespace TinySaver.Pipeline.Tests.Storage;

public sealed class PublishedPoliciesTests(AzuriteFixture azurite)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    // Of the first pointer the service says that it exists already, of a later one that it has changed.
    [Theory]
    [InlineData(null)]
    [InlineData("a")]
    public async Task PointToAsync_SomebodyElseIsFaster_SaysSoAndLeavesTheirs(string? before)
    {
        StorageOptions options = azurite.NewOptions();
        var theirs = new PublishedPolicies(new(options.ConnectionString, options.ModelsContainer), "cascade.json");
        var faster = new BlobClientOptions();
        faster.AddPolicy(new BeforeWriting("current.json", () => theirs.PointToAsync("theirs", Cancellation)), HttpPipelinePosition.PerCall);
        var container = new BlobContainerClient(options.ConnectionString, options.ModelsContainer, faster);
        await container.CreateIfNotExistsAsync(cancellationToken: Cancellation);
        if (before is not null)
            await theirs.PointToAsync(before, Cancellation);

        InvalidPolicyException refused = await Assert.ThrowsAsync<InvalidPolicyException>(() => new PublishedPolicies(container, "cascade.json").PointToAsync("ours", Cancellation));

        Assert.Equal("Somebody else has published or rolled back a policy meanwhile; look at `tinysaver policy list` and try again.", refused.Message);
        Assert.Equal(new PolicyPointer("theirs", before), (await theirs.ReadPointerAsync(Cancellation))?.Pointer);
    }

    // Lets somebody else come between a read and the write that follows it.
    private sealed class BeforeWriting(string blob, Func<Task> act) : HttpPipelinePolicy
    {
        public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) => ProcessNext(message, pipeline);

        public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
        {
            if (message.Request.Method == RequestMethod.Put && message.Request.Uri.Path.EndsWith(blob, StringComparison.Ordinal))
                await act();

            await ProcessNextAsync(message, pipeline);
        }
    }
}
