using System.Text.Json;
using TinySaver.Pipeline.FunctionApps;

namespace TinySaver.Cli.Doctor.Checks;

/// <summary>Whether Event Grid tells the tiny app of uploads.</summary>
internal static class EventSubscription
{
    public const string TopicType = "Microsoft.EventGrid/systemTopics";

    // As in infra/event-subscription.bicep; a test compares it.
    internal const string Subject = $"/blobServices/default/containers/{FunctionAppOptions.ImagesContainer}/blobs/";

    private const string Again = "Run `azd hooks run postdeploy`.";

    public static readonly Check Check = new("event subscription", LookAsync);

    private static async Task<Finding> LookAsync(Deployment d, CancellationToken cancellationToken)
    {
        (string topic, string name) = d.Find(TopicType, "Event Grid topic");
        IReadOnlyList<JsonElement> all = await d.Azure.ListAsync($"{topic}/eventSubscriptions", ApiVersions.EventGrid, cancellationToken);
        if (all.FirstOrDefault(s => s.Text("name") == "images") is not { ValueKind: JsonValueKind.Object } subscription)
            return Finding.Broken($"{name} has no subscription 'images', so nobody is told of uploads", Again);

        JsonElement properties = subscription.At("properties");
        string state = properties.Text("provisioningState"), subject = properties.Text("filter", "subjectBeginsWith");
        if (state != "Succeeded")
            return Finding.Broken($"the subscription 'images' is {state}", Again);

        if (subject != Subject || !properties.Items("filter", "includedEventTypes").Any(t => t.Text() == "Microsoft.Storage.BlobCreated"))
            return Finding.Broken($"the subscription 'images' listens to '{subject}' instead of uploads to '{Subject}'", Again);

        return properties.At("deadLetterWithResourceIdentity").ValueKind == JsonValueKind.Object
            ? Finding.Ok($"'images' on {name} announces uploads to '{FunctionAppOptions.ImagesContainer}'")
            : Finding.Warning("the subscription 'images' has no dead-letter container: what cannot be delivered for a day is lost", Again);
    }
}

/// <summary>Whether the events of the last day arrived.</summary>
internal static class EventDelivery
{
    public static readonly Check Check = new("event delivery", LookAsync);

    private static async Task<Finding> LookAsync(Deployment d, CancellationToken cancellationToken)
    {
        (string topic, _) = d.Find(EventSubscription.TopicType, "Event Grid topic");
        double delivered = await SumAsync("DeliverySuccessCount"), failed = await SumAsync("DeliveryAttemptFailCount"), dead = await SumAsync("DeadLetteredCount");
        if (dead > 0)
        {
            return Finding.Broken(
                $"Event Grid gave up on {dead:N0} events of the last day; they are in the container 'event-dead-letters', and their images have no rows",
                "Mend what is broken below or above, then put the images back with `tinysaver retry`.");
        }

        return failed > 0
            ? new(delivered == 0 ? Verdict.Broken : Verdict.Warning, $"{failed:N0} deliveries of the last day failed, {delivered:N0} arrived", "Event Grid tries again for a day; look at the tiny app's failures.")
            : Finding.Ok($"{delivered:N0} events of the last day arrived");

        Task<double> SumAsync(string metric) => d.MetricAsync(topic, metric, TimeSpan.FromDays(1), TimeSpan.Zero, cancellationToken);
    }
}
