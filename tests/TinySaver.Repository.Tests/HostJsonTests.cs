using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Azure.Storage.Queues;
using TinySaver.Core.Jobs;
using TinySaver.Pipeline;
using TinySaver.Pipeline.FunctionApps;
using TinySaver.Pipeline.Jobs;
using TinySaver.Pipeline.Outages;
using TinySaver.Pipeline.Storage;

namespace TinySaver.Repository.Tests;

public sealed class HostJsonTests
{
    private static readonly JsonElement Host = JsonDocument.Parse(RepositoryFiles.Read("host.json")).RootElement;

    private static JsonElement ServiceBus => Host.GetProperty("extensions").GetProperty("serviceBus");

    [Fact]
    public void HostJson_TelemetryIsOpenTelemetry() => Assert.Equal("OpenTelemetry", Host.GetProperty("telemetryMode").GetString());

    [Fact]
    public void ServiceBus_ABatchIsSettledByTheFunctionAndFillsTheModelsBatches()
    {
        int batch = ServiceBus.GetProperty("maxMessageBatchSize").GetInt32();

        Assert.False(ServiceBus.GetProperty("autoCompleteMessages").GetBoolean());
        Assert.True(batch > 0 && batch % new PipelineOptions().LargeBatchSize == 0, $"{batch} messages do not fill batches of {new PipelineOptions().LargeBatchSize}.");

        // The host holds messages back for a minimum without keeping their locks.
        Assert.Equal(1, ServiceBus.GetProperty("minMessageBatchSize").GetInt32());
    }

    [Fact]
    public void Queues_AnInstanceHasTwoChunksInHandAndMessagesArePlainJson()
    {
        JsonElement queues = Host.GetProperty("extensions").GetProperty("queues");

        // A chunk takes half of the images in flight: two fill them, and an upload does not wait behind more.
        Assert.Equal(2, queues.GetProperty("batchSize").GetInt32() + queues.GetProperty("newBatchThreshold").GetInt32());

        // Left out, it would be Base64, and the host would not hand a plain message to anybody.
        QueueMessageEncoding encoding = Enum.Parse<QueueMessageEncoding>(queues.GetProperty("messageEncoding").GetString()!, ignoreCase: true);
        Assert.Equal((QueueMessageEncoding.None, QueueMessageEncoding.None), (encoding, SentAs()));
        Assert.Equal(ChunkWorker.MaxDeliveries, queues.GetProperty("maxDequeueCount").GetInt32());
    }

    [Fact]
    public void JobsDocs_TheirMessagesAreRead()
    {
        string[] messages = [.. Regex.Matches(RepositoryFiles.Read("docs/jobs.md"), """\{ ?"v":.*\}""").Select(m => m.Value)];

        Assert.True(messages.Length >= 3);
        Assert.All(messages, m => Assert.NotNull(JobJson.Read(m)));
    }

    // As the command line and the app send messages.
    private static QueueMessageEncoding? SentAs()
    {
        QueueMessageEncoding? sent = null;
        StorageClients.Create(new StorageOptions { ConnectionString = "UseDevelopmentStorage=true" }, o => sent = o is QueueClientOptions queues ? queues.MessageEncoding : sent);
        return sent;
    }

    [Theory]
    [InlineData("System.Net.Http.HttpClient")]
    [InlineData("Azure.Core")]
    public void Logging_QuietensWhatIsNoise(string category) =>
        Assert.Equal("Warning", Host.GetProperty("logging").GetProperty("logLevel").GetProperty(category).GetString());

    // docs/operate.md promises twenty minutes; half of a call's time is left for the work itself.
    [Fact]
    public void Triggers_TheirDeliveriesOutlastAnOutageOfTwentyMinutes()
    {
        var timeout = TimeSpan.Parse(Host.GetProperty("functionTimeout").GetString()!, CultureInfo.InvariantCulture);
        JsonElement extensions = Host.GetProperty("extensions");

        Assert.True(timeout >= 2 * Patience.OfOneCall);
        Assert.True(extensions.GetProperty("blobs").GetProperty("poisonBlobThreshold").GetInt32() * Patience.OfOneCall > TimeSpan.FromMinutes(20));
        Assert.True(extensions.GetProperty("queues").GetProperty("maxDequeueCount").GetInt32() * Patience.OfOneCall > TimeSpan.FromMinutes(20));
    }

    [Fact]
    public void EmulatorConfig_HasTheQueueAsTheInfrastructureMakesIt()
    {
        JsonElement queue = JsonDocument.Parse(RepositoryFiles.Read("tools/service-bus-emulator/Config.json")).RootElement
            .GetProperty("UserConfig").GetProperty("Namespaces")[0].GetProperty("Queues")[0];
        JsonElement properties = queue.GetProperty("Properties");

        Assert.Equal(FunctionAppOptions.EscalationsQueue, queue.GetProperty("Name").GetString());
        Assert.Equal(("PT5M", 5), (properties.GetProperty("LockDuration").GetString(), properties.GetProperty("MaxDeliveryCount").GetInt32()));
        Assert.True(properties.GetProperty("RequiresDuplicateDetection").GetBoolean());
        Assert.True(TimeSpan.FromMinutes(5) > FunctionAppOptions.ShortestLock);
    }

    [Fact]
    public void Compose_MountsTheEmulatorConfig() =>
        Assert.Contains("./tools/service-bus-emulator/Config.json:/ServiceBus_Emulator/ConfigFiles/Config.json", RepositoryFiles.Read("compose.yaml"), StringComparison.Ordinal);
}
