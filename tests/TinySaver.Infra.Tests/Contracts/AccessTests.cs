using TinySaver.Infra.Tests.Bicep;

namespace TinySaver.Infra.Tests.Contracts;

/// <summary>Every identity has exactly the roles that it needs, each at the narrowest scope that works.</summary>
public sealed class AccessTests
{
    // From "Azure built-in roles" in Microsoft's documentation; written down a second time, so that a slip in roles.bicep shows.
    private static readonly Dictionary<string, string> Roles = new()
    {
        ["ba92f5b4-2d11-453d-a403-e96b0029c9fe"] = "Storage Blob Data Contributor",
        ["b7e6dc6d-f1e8-4753-8033-0f276bb0955b"] = "Storage Blob Data Owner",
        ["2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"] = "Storage Blob Data Reader",
        ["c6a89b2d-59bc-44d0-9896-0f6e12d7b80a"] = "Storage Queue Data Message Sender",
        ["974c5e8b-45b9-4653-ba55-5f855dd0fb88"] = "Storage Queue Data Contributor",
        ["0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3"] = "Storage Table Data Contributor",
        ["69a216fc-b8fb-44d8-bc22-1f3c2cd27a39"] = "Azure Service Bus Data Sender",
        ["4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0"] = "Azure Service Bus Data Receiver",
        ["090c5cfd-751d-490a-894a-3ce6f1109419"] = "Azure Service Bus Data Owner",
        ["3913510d-42f4-4e42-8a64-420c390055eb"] = "Monitoring Metrics Publisher",
        ["7f951dda-4ed3-4680-a7ca-43fe172d538d"] = "AcrPull",
    };

    [BicepFact]
    public async Task Identities_HaveExactlyTheRolesTheyNeed()
    {
        PredictedDeployment main = await Deployments.MainAsync();

        string[] assignments = [.. main.OfType("Microsoft.Authorization/roleAssignments").Select(Describe).Order(StringComparer.Ordinal)];

        Assert.Equal(
            [
                "deployer: Storage Blob Data Contributor on container images",
                "deployer: Storage Blob Data Contributor on container models",
                "deployer: Storage Table Data Contributor on table audits",
                "deployer: Storage Table Data Contributor on table labels",
                "deployer: Storage Table Data Contributor on table reviews",
                "event topic: Storage Blob Data Contributor on container event-dead-letters",
                "large: AcrPull on registry",
                "large: Azure Service Bus Data Owner on queue escalations",
                "large: Monitoring Metrics Publisher on insights",
                "large: Storage Blob Data Owner on storage",
                "large: Storage Table Data Contributor on storage",
                "tiny: Azure Service Bus Data Receiver on queue escalations",
                "tiny: Azure Service Bus Data Sender on queue escalations",
                "tiny: Monitoring Metrics Publisher on insights",
                "tiny: Storage Blob Data Owner on storage",
                "tiny: Storage Queue Data Contributor on storage",
                "tiny: Storage Table Data Contributor on storage",
            ],
            assignments);
    }

    [BicepFact]
    public async Task Identities_WithoutADeployer_KeepTheirRolesAndNobodyElseHasAny()
    {
        PredictedDeployment main = await Deployments.MainAsync(new() { ["principalId"] = "''" });

        string[] assignments = [.. main.OfType("Microsoft.Authorization/roleAssignments").Select(Describe)];
        Assert.Equal(12, assignments.Length);
        Assert.DoesNotContain(assignments, a => a.StartsWith("deployer", StringComparison.Ordinal));
    }

    [BicepFact]
    public async Task JobSubmitters_MaySendRequestsAndManifestsAndReadWhatBecameOfThem()
    {
        PredictedDeployment main = await Deployments.MainAsync(new() { ["jobSubmitters"] = "'alice,factory'" });

        string[] assignments = [.. main.OfType("Microsoft.Authorization/roleAssignments").Where(a => a.Text("properties.principalId") is "alice" or "factory")
            .Select(a => $"{a.Text("properties.principalId")}: {Roles[a.Text("properties.roleDefinitionId").Split('/')[^1]]} on {Scope(a)}").Order(StringComparer.Ordinal)];

        Assert.Equal(
            from who in (string[])["alice", "factory"]
            from what in (string[])["Storage Blob Data Contributor on container jobs", "Storage Blob Data Reader on container results",
                "Storage Queue Data Message Sender on queue jobs", "Storage Table Data Contributor on table jobs"]
            select $"{who}: {what}",
            assignments);
    }

    // Counting the queue asks for the claim Manage, which of the built-in roles only Owner has.
    [BicepTheory]
    [InlineData("0", "'Owner'", "large: Azure Service Bus Data Owner", "tiny: Azure Service Bus Data Receiver", "tiny: Azure Service Bus Data Sender")]
    [InlineData("1000", "'Owner'", "large: Azure Service Bus Data Owner", "tiny: Azure Service Bus Data Owner")]
    [InlineData("0", "'Receiver'", "large: Azure Service Bus Data Receiver", "tiny: Azure Service Bus Data Receiver", "tiny: Azure Service Bus Data Sender")]
    public async Task Queue_WhoCountsItIsItsOwner(string maximumBacklog, string largeQueueRole, params string[] expected)
    {
        PredictedDeployment main = await Deployments.MainAsync(new() { ["maximumBacklog"] = maximumBacklog, ["largeQueueRole"] = largeQueueRole });

        Assert.Equal(
            expected.Select(e => $"{e} on queue escalations"),
            main.OfType("Microsoft.Authorization/roleAssignments").Select(Describe).Where(d => d.EndsWith("on queue escalations", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [BicepFact]
    public async Task Identities_AreOnePerAppAndUsedByIt()
    {
        PredictedDeployment main = await Deployments.MainAsync();
        PredictedDeployment large = await Deployments.LargeAsync();

        Assert.Equal(2, main.OfType("Microsoft.ManagedIdentity/userAssignedIdentities").Count());
        Assert.Contains("/id-tiny-", OnlyIdentityOf(main.Only("Microsoft.Web/sites")), StringComparison.Ordinal);
        Assert.Contains("/id-large-", OnlyIdentityOf(large.Only("Microsoft.App/containerApps")), StringComparison.Ordinal);
        Assert.Contains("/id-tiny-", main.Only("Microsoft.Web/sites").Text("properties.functionAppConfig.deployment.storage.authentication.userAssignedIdentityResourceId"), StringComparison.Ordinal);
    }

    private static string OnlyIdentityOf(PredictedResource app)
    {
        Assert.Equal("UserAssigned", app.Text("identity.type"));
        return Assert.Single(app.At("identity.userAssignedIdentities").EnumerateObject()).Name;
    }

    private static string Describe(PredictedResource assignment)
    {
        string principal = assignment.Text("properties.principalId");
        string who = principal switch
        {
            Deployments.Deployer => "deployer",
            _ when principal.Contains("/id-tiny-", StringComparison.Ordinal) => "tiny",
            _ when principal.Contains("/id-large-", StringComparison.Ordinal) => "large",
            _ when principal.Contains("/systemTopics/", StringComparison.Ordinal) => "event topic",
            _ => principal,
        };
        Assert.Equal(who == "deployer" ? "User" : "ServicePrincipal", assignment.Text("properties.principalType"));
        return $"{who}: {Roles[assignment.Text("properties.roleDefinitionId").Split('/')[^1]]} on {Scope(assignment)}";
    }

    private static string Scope(PredictedResource assignment)
    {
        string[] scope = assignment.Id.Split("/providers/Microsoft.Authorization/")[0].Split('/');
        return scope[^2] switch
        {
            "containers" => $"container {scope[^1]}",
            "tables" => $"table {scope[^1]}",
            "queues" => $"queue {scope[^1]}",
            "storageAccounts" => "storage",
            "components" => "insights",
            "registries" => "registry",
            _ => string.Join('/', scope),
        };
    }
}
