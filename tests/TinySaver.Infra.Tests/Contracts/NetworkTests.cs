using System.Text.Json;
using TinySaver.Infra.Tests.Bicep;

namespace TinySaver.Infra.Tests.Contracts;

/// <summary>The optional virtual network.</summary>
public sealed class NetworkTests
{
    /// <summary>Everything behind private endpoints.</summary>
    public static Dictionary<string, string> Private => new() { ["privateNetwork"] = "true", ["privateServiceBus"] = "true", ["deployerIpAddress"] = "'203.0.113.7'" };

    [BicepFact]
    public async Task Network_ByDefault_IsNotThere()
    {
        PredictedDeployment main = await Deployments.MainAsync();

        Assert.DoesNotContain(main.Resources, r => r.Type.StartsWith("Microsoft.Network/", StringComparison.Ordinal));
        Assert.Equal("Allow", main.Only("Microsoft.Storage/storageAccounts").Text("properties.networkAcls.defaultAction"));
    }

    [BicepFact]
    public async Task Network_WhenPrivate_HasAnEndpointForEachServiceAndAZoneForEachEndpoint()
    {
        PredictedDeployment main = await Deployments.MainAsync(Private);

        Assert.Equal(["blob", "namespace", "queue", "table"], Groups(main));
        Assert.Equal(4, main.OfType("Microsoft.Network/privateDnsZones").Count());
        Assert.Equal(4, main.OfType("Microsoft.Network/privateDnsZones/virtualNetworkLinks").Count());
        Assert.Equal(4, main.OfType("Microsoft.Network/privateEndpoints/privateDnsZoneGroups").Count());
    }

    [BicepFact]
    public async Task Network_WhenPrivateWithoutPremium_LeavesServiceBusReachable()
    {
        PredictedDeployment main = await Deployments.MainAsync(new() { ["privateNetwork"] = "true" });

        Assert.Equal(["blob", "queue", "table"], Groups(main));
        Assert.Equal("Standard", main.Only("Microsoft.ServiceBus/namespaces").Text("sku.name"));
        Assert.Equal("Enabled", main.Only("Microsoft.ServiceBus/namespaces").Text("properties.publicNetworkAccess"));
    }

    [BicepFact]
    public async Task Network_WhenPrivate_ClosesTheServicesToOthers()
    {
        PredictedDeployment main = await Deployments.MainAsync(Private);
        PredictedResource storage = main.Only("Microsoft.Storage/storageAccounts");

        Assert.Equal("Deny", storage.Text("properties.networkAcls.defaultAction"));
        Assert.Equal("203.0.113.7", Assert.Single(storage.At("properties.networkAcls.ipRules").EnumerateArray()).GetProperty("value").GetString());
        Assert.Equal("AzureServices", storage.Text("properties.networkAcls.bypass"));
        Assert.Equal("Disabled", main.Only("Microsoft.ServiceBus/namespaces").Text("properties.publicNetworkAccess"));
        Assert.Equal("Premium", main.Only("Microsoft.ServiceBus/namespaces").Text("sku.name"));
    }

    [BicepFact]
    public async Task Network_WhenPrivate_LetsOnlyEventGridCallTheTinyApp()
    {
        PredictedResource app = (await Deployments.MainAsync(Private)).Only("Microsoft.Web/sites");
        JsonElement rule = Assert.Single(app.At("properties.siteConfig.ipSecurityRestrictions").EnumerateArray());

        Assert.Equal("Deny", app.Text("properties.siteConfig.ipSecurityRestrictionsDefaultAction"));
        Assert.Equal("AzureEventGrid", rule.GetProperty("ipAddress").GetString());
        Assert.Equal("ServiceTag", rule.GetProperty("tag").GetString());
    }

    [BicepFact]
    public async Task Network_WhenPrivate_HoldsBothAppsInSubnetsOfTheirOwn()
    {
        PredictedDeployment main = await Deployments.MainAsync(Private);

        Assert.EndsWith("/subnets/tiny", main.Only("Microsoft.Web/sites").Text("properties.virtualNetworkSubnetId"), StringComparison.Ordinal);
        Assert.EndsWith("/subnets/large", main.Only("Microsoft.App/managedEnvironments").Text("properties.vnetConfiguration.infrastructureSubnetId"), StringComparison.Ordinal);
    }

    private static IEnumerable<string?> Groups(PredictedDeployment deployment) => deployment.OfType("Microsoft.Network/privateEndpoints")
        .Select(e => e.At("properties.privateLinkServiceConnections")[0].GetProperty("properties").GetProperty("groupIds")[0].GetString())
        .Order(StringComparer.Ordinal);
}
