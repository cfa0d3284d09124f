using System.Text.Json;
using TinySaver.Infra.Tests.Bicep;
using TinySaver.Pipeline.FunctionApps;
using TinySaver.Pipeline.Storage;

namespace TinySaver.Infra.Tests.Contracts;

/// <summary>Names of containers, queues, tables and functions: the same in the infrastructure, the options, the triggers and host.json.</summary>
public sealed class NamesTests
{
    private static readonly StorageOptions Defaults = new();

    [BicepFact]
    public async Task Containers_AreThoseOfTheOptionsAndOfTheTrigger()
    {
        PredictedDeployment main = await Deployments.MainAsync();
        string[] containers = [.. main.OfType("Microsoft.Storage/storageAccounts/blobServices/containers").Select(c => c.Name.Split('/')[^1])];

        Assert.Equal(["deployments", "event-dead-letters", Defaults.ImagesContainer, Defaults.JobsContainer, Defaults.ModelsContainer, Defaults.ResultsContainer], containers.Order(StringComparer.Ordinal));
        Assert.Equal(FunctionAppOptions.ImagesContainer, Defaults.ImagesContainer);
        // Who writes to the two that no option names.
        Assert.StartsWith("[format('{0}deployments'", main.Only("Microsoft.Web/sites").Text("properties.functionAppConfig.deployment.storage.value"), StringComparison.Ordinal);
        Assert.Equal("event-dead-letters", (await Deployments.EventSubscriptionAsync()).Only("Microsoft.EventGrid/systemTopics/eventSubscriptions")
            .Text("properties.deadLetterWithResourceIdentity.deadLetterDestination.properties.blobContainerName"));
    }

    [BicepFact]
    public async Task Tables_AreThoseOfTheOptions() => Assert.Equal(
        [Defaults.AuditsTable, Defaults.JobsTable, Defaults.LabelsTable, Defaults.ReviewsTable],
        (await Deployments.MainAsync()).OfType("Microsoft.Storage/storageAccounts/tableServices/tables").Select(t => t.Name.Split('/')[^1]).Order(StringComparer.Ordinal));

    [BicepFact]
    public async Task StorageQueues_AreThoseOfTheTriggersAndOfTheOptions()
    {
        Assert.Equal(
            [FunctionAppOptions.ChunksQueue, FunctionAppOptions.ChunksPoisonQueue, FunctionAppOptions.JobsQueue, FunctionAppOptions.JobsPoisonQueue, FunctionAppOptions.PoisonQueue],
            (await Deployments.MainAsync()).OfType("Microsoft.Storage/storageAccounts/queueServices/queues").Select(q => q.Name.Split('/')[^1]).Order(StringComparer.Ordinal));
        Assert.Equal((FunctionAppOptions.JobsQueue, FunctionAppOptions.ChunksQueue), (Defaults.JobsQueue, Defaults.ChunksQueue));
    }

    [BicepFact]
    public async Task EscalationQueue_IsThatOfTheTriggersAndDeliversAsOftenAsTheLocalOne()
    {
        PredictedResource queue = (await Deployments.MainAsync()).Only("Microsoft.ServiceBus/namespaces/queues");

        Assert.EndsWith($"/{FunctionAppOptions.EscalationsQueue}", queue.Name, StringComparison.Ordinal);
        Assert.Equal(FunctionAppOptions.EscalationsQueue, Defaults.EscalationsQueue);
        Assert.Equal(Defaults.MaxDeliveries, queue.At("properties.maxDeliveryCount").GetInt32());
    }

    [BicepFact]
    public async Task EventSubscription_CallsAFunctionThatExists()
    {
        PredictedResource subscription = (await Deployments.EventSubscriptionAsync()).Only("Microsoft.EventGrid/systemTopics/eventSubscriptions");

        string webhook = subscription.Text("properties.destination.properties.endpointUrl");
        Assert.Contains("/runtime/webhooks/blobs", webhook, StringComparison.Ordinal);
        Assert.Matches(@"\?functionName=Host\.Functions\.(ClassifyWithTinyModel|\{1\})&code=", webhook);
        Assert.Contains("'ClassifyWithTinyModel'", webhook, StringComparison.Ordinal);
        string source = Repository.Read("src", "TinySaver.Functions.Tiny", "ClassifyWithTinyModel.cs");
        Assert.Contains("[Function(nameof(ClassifyWithTinyModel))]", source, StringComparison.Ordinal);
        Assert.Contains(
            "[BlobTrigger(FunctionAppOptions.ImagesPath, Connection = FunctionAppOptions.ImagesConnection, Source = BlobTriggerSource.EventGrid)]",
            source,
            StringComparison.Ordinal);
    }

    [BicepFact]
    public async Task EventSubscription_ListensToTheImagesContainerOnly()
    {
        PredictedResource subscription = (await Deployments.EventSubscriptionAsync()).Only("Microsoft.EventGrid/systemTopics/eventSubscriptions");

        Assert.Equal(
            $"/blobServices/default/containers/{Defaults.ImagesContainer}/blobs/", subscription.Text("properties.filter.subjectBeginsWith"));
    }

    [Fact]
    public void HostFile_HasTheExtensionsThatTheTriggersUse()
    {
        using var host = JsonDocument.Parse(Repository.Read("host.json"));
        JsonElement extensions = host.RootElement.GetProperty("extensions");

        // As many tries as an escalation has: an image is given up after five of either kind.
        Assert.Equal(Defaults.MaxDeliveries, extensions.GetProperty("blobs").GetProperty("poisonBlobThreshold").GetInt32());
        Assert.False(extensions.GetProperty("serviceBus").GetProperty("autoCompleteMessages").GetBoolean());
    }

    [Fact]
    public void SampleSettings_NameConnectionsAsTheInfrastructureDoes()
    {
        using var sample = JsonDocument.Parse(Repository.Read("local.settings.sample.json"));
        string[] names = [.. sample.RootElement.GetProperty("Values").EnumerateObject().Select(p => p.Name)];

        Assert.Contains(FunctionAppOptions.ImagesConnection, names);
        Assert.Contains(FunctionAppOptions.EscalationsConnection, names);
        Assert.Contains("AzureWebJobsStorage", names);
    }
}
