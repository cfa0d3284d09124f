using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using TinySaver.Pipeline.Storage;

namespace TinySaver.Pipeline.Tests.Storage;

public sealed class CancellationPolicyTests
{
    private const string Away = "DefaultEndpointsProtocol=http;AccountName=away;AccountKey=AAAA;BlobEndpoint=http://127.0.0.1:1/away;QueueEndpoint=http://127.0.0.1:1/away;TableEndpoint=http://127.0.0.1:1/away;";

    private delegate Task Call(StorageClients clients, CancellationToken cancellationToken);

    public static TheoryData<string> Services => ["blob", "table", "queue"];

    [Theory]
    [MemberData(nameof(Services))]
    public async Task Call_that_is_cancelled_while_it_is_tried_again_ends_as_cancelled(string service)
    {
        using var stop = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Of(service)(Clients(new(stop, cancelledAt: 2)), stop.Token));
    }

    [Theory]
    [MemberData(nameof(Services))]
    public async Task Call_that_fails_at_each_try_ends_with_all_of_them(string service)
    {
        using var stop = new CancellationTokenSource();

        AggregateException tries = await Assert.ThrowsAsync<AggregateException>(() => Of(service)(Clients(new(stop, cancelledAt: int.MaxValue)), stop.Token));

        Assert.Equal(3, tries.InnerExceptions.Count);
    }

    private static Call Of(string service) => service switch
    {
        "blob" => (c, token) => c.Blobs.GetBlobContainerClient("images").GetPropertiesAsync(cancellationToken: token),
        "table" => (c, token) => c.Tables.GetTableClient("labels").GetEntityIfExistsAsync<Azure.Data.Tables.TableEntity>("p", "r", cancellationToken: token),
        _ => (c, token) => c.Queues.GetQueueClient("escalations").ReceiveMessagesAsync(1, cancellationToken: token),
    };

    private static StorageClients Clients(Refusal refusal) => StorageClients.Create(new() { ConnectionString = Away }, o =>
    {
        o.Retry.MaxRetries = 2;
        o.Retry.Delay = TimeSpan.Zero;
        o.AddPolicy(refusal, HttpPipelinePosition.PerRetry);
    });

    // As when a service is away, until somebody asks the program to stop.
    private sealed class Refusal(CancellationTokenSource stop, int cancelledAt) : HttpPipelinePolicy
    {
        private int _tries;

        public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) => throw new NotSupportedException();

        public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
        {
            if (++_tries < cancelledAt)
                throw new RequestFailedException("Connection refused");

            await stop.CancelAsync();
            message.CancellationToken.ThrowIfCancellationRequested();
        }
    }
}
