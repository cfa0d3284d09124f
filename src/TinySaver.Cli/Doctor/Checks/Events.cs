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
        IReadOnlyList<(DateTimeOffset At, double Sum)> arrived = await ReadAsync("DeliverySuccessCount"), failed = await ReadAsync("DeliveryAttemptFailCount"), dead = await ReadAsync("DeadLetteredCount");
        if (failed.Count == 0 && dead.Count == 0)
            return Finding.Ok($"{Sum(arrived):N0} events of the last day arrived");

        // What was in the way is mended where deliveries succeed again.
        bool mended = Last(arrived) >= Last([.. failed, .. dead]);
        if (dead.Count == 0)
        {
            return new(
                mended ? Verdict.Warning : Verdict.Broken,
                $"{Sum(failed):N0} deliveries of the last day failed, {Sum(arrived):N0} arrived",
                "Event Grid tries again for a day; look at the tiny app's failures. What still has no row then (`tinysaver status`) is put back by `tinysaver retry --batch NAME`.");
        }

        string seen = $"Event Grid gave up on {Sum(dead):N0} events of the last day; they are in the container 'event-dead-letters', and their images have no rows";
        return mended
            ? Finding.Warning($"{seen}; deliveries succeed again", "Put the images back with `tinysaver retry --batch NAME`.")
            : Finding.Broken(seen, "Mend what is broken below or above, then put the images back with `tinysaver retry --batch NAME`.");

        Task<IReadOnlyList<(DateTimeOffset At, double Sum)>> ReadAsync(string metric) => d.MetricAsync(topic, metric, TimeSpan.FromDays(1), TimeSpan.Zero, cancellationToken);

        static double Sum(IEnumerable<(DateTimeOffset At, double Sum)> metric) => metric.Sum(m => m.Sum);

        static DateTimeOffset Last(IEnumerable<(DateTimeOffset At, double Sum)> metric) => metric.Select(m => m.At).DefaultIfEmpty().Max();
    }
}
