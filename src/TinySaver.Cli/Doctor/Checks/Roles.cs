using System.Text.Json;
using TinySaver.Pipeline.FunctionApps;

namespace TinySaver.Cli.Doctor.Checks;

/// <summary>Whether the apps and Event Grid may do what they have to: what <c>infra/modules/access.bicep</c> assigns.</summary>
internal static class Roles
{
    // Ids of built-in roles, as in infra/roles.bicep; a test compares them.
    internal static readonly IReadOnlyDictionary<string, string> Ids = new Dictionary<string, string>
    {
        ["Storage Blob Data Contributor"] = "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
        ["Storage Blob Data Owner"] = "b7e6dc6d-f1e8-4753-8033-0f276bb0955b",
        ["Storage Queue Data Contributor"] = "974c5e8b-45b9-4653-ba55-5f855dd0fb88",
        ["Storage Table Data Contributor"] = "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3",
        ["Azure Service Bus Data Sender"] = "69a216fc-b8fb-44d8-bc22-1f3c2cd27a39",
        ["Azure Service Bus Data Receiver"] = "4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0",
        ["Azure Service Bus Data Owner"] = "090c5cfd-751d-490a-894a-3ce6f1109419",
        ["Monitoring Metrics Publisher"] = "3913510d-42f4-4e42-8a64-420c390055eb",
        ["AcrPull"] = "7f951dda-4ed3-4680-a7ca-43fe172d538d",
    };

    public static readonly Check Check = new("roles", LookAsync);

    private static async Task<Finding> LookAsync(Deployment d, CancellationToken cancellationToken)
    {
        IReadOnlyList<JsonElement> assigned = await d.Azure.ListAsync($"{d.GroupId}/providers/Microsoft.Authorization/roleAssignments", ApiVersions.Role, cancellationToken);
        IReadOnlyList<JsonElement> identities = await d.Azure.ListAsync($"{d.GroupId}/providers/Microsoft.ManagedIdentity/userAssignedIdentities", ApiVersions.Identity, cancellationToken);
        (string topic, _) = d.Find("Microsoft.EventGrid/systemTopics", "Event Grid topic");
        string events = (await d.Azure.GetAsync(topic, ApiVersions.EventGrid, cancellationToken)).Text("identity", "principalId");
        string tiny = Principal("id-tiny-"), large = Principal("id-large-");
        string storage = d.Find("Microsoft.Storage/storageAccounts", "storage account").Id;
        string queue = d.Find("Microsoft.ServiceBus/namespaces", "Service Bus namespace").Id + $"/queues/{FunctionAppOptions.EscalationsQueue}";
        const string QueueName = $"the queue '{FunctionAppOptions.EscalationsQueue}'";
        string insights = d.Find("Microsoft.Insights/components", "Application Insights component").Id;
        (string Who, string Principal, string Where, string Scope, string Role, string? Instead)[] needed =
        [
            ("the tiny app", tiny, "the storage account", storage, "Storage Blob Data Owner", null),
            ("the tiny app", tiny, "the storage account", storage, "Storage Queue Data Contributor", null),
            ("the tiny app", tiny, "the storage account", storage, "Storage Table Data Contributor", null),
            ("the tiny app", tiny, QueueName, queue, "Azure Service Bus Data Sender", "Azure Service Bus Data Owner"),
            ("the tiny app", tiny, QueueName, queue, "Azure Service Bus Data Receiver", "Azure Service Bus Data Owner"),
            ("the tiny app", tiny, "Application Insights", insights, "Monitoring Metrics Publisher", null),
            ("the large app", large, "the storage account", storage, "Storage Blob Data Owner", null),
            ("the large app", large, "the storage account", storage, "Storage Table Data Contributor", null),
            ("the large app", large, QueueName, queue, "Azure Service Bus Data Owner", "Azure Service Bus Data Receiver"),
            ("the large app", large, "Application Insights", insights, "Monitoring Metrics Publisher", null),
            ("the large app", large, "the registry", d.Find("Microsoft.ContainerRegistry/registries", "registry").Id, "AcrPull", null),
            ("Event Grid", events, "the container 'event-dead-letters'", $"{storage}/blobServices/default/containers/event-dead-letters", "Storage Blob Data Contributor", null),
        ];
        string[] missing =
        [
            .. needed.Where(n => !Has(n.Principal, n.Scope, n.Role) && !(n.Instead is { } other && Has(n.Principal, n.Scope, other)))
                .Select(n => $"{n.Who} lacks the role {n.Role} on {n.Where}"),
        ];
        return missing.Length == 0
            ? Finding.Ok($"all {needed.Length} are assigned")
            : Finding.Broken(string.Join("; ", missing), "Run `azd provision` as Owner, or with Role Based Access Control Administrator; a new role takes up to ten minutes to work.");

        string Principal(string prefix) => identities.FirstOrDefault(i => i.Text("name").StartsWith(prefix, StringComparison.Ordinal)).Text("properties", "principalId");

        // What is assigned above holds below.
        bool Has(string principal, string scope, string role) => assigned.Any(a =>
            a.Text("properties", "principalId") == principal
            && a.Text("properties", "roleDefinitionId").EndsWith(Ids[role], StringComparison.OrdinalIgnoreCase)
            && $"{scope}/".StartsWith(a.Text("properties", "scope").TrimEnd('/') + "/", StringComparison.OrdinalIgnoreCase));
    }
}
