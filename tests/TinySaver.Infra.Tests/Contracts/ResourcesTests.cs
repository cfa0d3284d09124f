using System.Text.Json;
using TinySaver.Calibration.Watch;
using TinySaver.Infra.Tests.Bicep;

namespace TinySaver.Infra.Tests.Contracts;

/// <summary>The resources that issue and design ask for, with the properties that the pipeline relies on.</summary>
public sealed class ResourcesTests
{
    [BicepFact]
    public async Task EscalationQueue_KeepsWhatCannotBeDelivered()
    {
        PredictedResource queue = (await Deployments.MainAsync()).Only("Microsoft.ServiceBus/namespaces/queues");

        Assert.True(queue.At("properties.requiresDuplicateDetection").GetBoolean());
        Assert.True(queue.At("properties.deadLetteringOnMessageExpiration").GetBoolean());
        Assert.Equal("PT5M", queue.Text("properties.lockDuration"));
        Assert.Equal("Standard", (await Deployments.MainAsync()).Only("Microsoft.ServiceBus/namespaces").Text("sku.name"));
    }

    [BicepFact]
    public async Task TinyApp_IsFlexConsumptionOnDotNet10()
    {
        PredictedDeployment main = await Deployments.MainAsync();
        PredictedResource app = main.Only("Microsoft.Web/sites");

        Assert.Equal("FC1", main.Only("Microsoft.Web/serverfarms").Text("sku.name"));
        Assert.Equal("dotnet-isolated", app.Text("properties.functionAppConfig.runtime.name"));
        Assert.Equal("10.0", app.Text("properties.functionAppConfig.runtime.version"));
        Assert.Equal("tiny", app.Json.GetProperty("tags").GetProperty("azd-service-name").GetString());
        Assert.Empty(app.At("properties.functionAppConfig.scaleAndConcurrency.alwaysReady").EnumerateArray());
    }

    [BicepFact]
    public async Task TinyApp_TakesItsSizeFromTheParameters()
    {
        PredictedDeployment main = await Deployments.MainAsync(new()
        {
            ["tinyInstanceMemoryMb"] = "512",
            ["tinyMaximumInstances"] = "100",
            ["tinyAlwaysReadyInstances"] = "2",
            ["auditShare"] = "'0.01'",
            ["shadowShare"] = "'0.02'",
            ["safeMode"] = "true",
        });
        PredictedResource app = main.Only("Microsoft.Web/sites");
        JsonElement scale = app.At("properties.functionAppConfig.scaleAndConcurrency");

        Assert.Equal(512, scale.GetProperty("instanceMemoryMB").GetInt32());
        Assert.Equal(100, scale.GetProperty("maximumInstanceCount").GetInt32());
        JsonElement ready = Assert.Single(scale.GetProperty("alwaysReady").EnumerateArray());
        Assert.Equal("blob", ready.GetProperty("name").GetString());
        Assert.Equal(2, ready.GetProperty("instanceCount").GetInt32());
        Assert.Equal("0.01", AppSettings.Of(app)["TinySaver__Pipeline__AuditShare"]);
        Assert.Equal("0.02", AppSettings.Of(app)["TinySaver__Pipeline__ShadowShare"]);
        Assert.Equal("True", AppSettings.Of(app)["TinySaver__Pipeline__SafeMode"], ignoreCase: true);
    }

    [BicepFact]
    public async Task Services_TakeTheirSizesAndLimitsFromTheParameters()
    {
        PredictedDeployment main = await Deployments.MainAsync(new()
        {
            ["storageSku"] = "'Standard_ZRS'",
            ["registrySku"] = "'Premium'",
            ["escalationTimeToLive"] = "'P3D'",
            ["logRetentionDays"] = "45",
            ["logDailyQuotaGb"] = "3",
            ["alertBacklogMinutes"] = "50",
            ["alertFailurePercent"] = "7",
        });
        PredictedResource workspace = main.Only("Microsoft.OperationalInsights/workspaces");

        Assert.Equal("Standard_ZRS", main.Only("Microsoft.Storage/storageAccounts").Text("sku.name"));
        Assert.Equal("Premium", main.Only("Microsoft.ContainerRegistry/registries").Text("sku.name"));
        Assert.Equal("P3D", main.Only("Microsoft.ServiceBus/namespaces/queues").Text("properties.defaultMessageTimeToLive"));
        Assert.Equal(45, workspace.At("properties.retentionInDays").GetInt32());
        Assert.Equal(3, workspace.At("properties.workspaceCapping.dailyQuotaGb").GetInt32());
        Assert.Equal([("AgeMinutes", 50), ("FailedPercent", 7), ("GuaranteeState", (int)GuaranteeState.AtRisk), ("StandstillMinutes", 30)], main.OfType("Microsoft.Insights/scheduledQueryRules")
            .Select(r => r.At("properties.criteria.allOf")[0])
            .Where(c => c.TryGetProperty("metricMeasureColumn", out _))
            .Select(c => (c.GetProperty("metricMeasureColumn").GetString(), c.GetProperty("threshold").GetInt32()))
            .Order());
    }

    [BicepFact]
    public async Task EventSubscription_TakesFinishedBlobsOnlyAndDropsNone()
    {
        PredictedResource subscription = (await Deployments.EventSubscriptionAsync()).Only("Microsoft.EventGrid/systemTopics/eventSubscriptions");
        JsonElement filter = Assert.Single(subscription.At("properties.filter.advancedFilters").EnumerateArray());

        Assert.Equal(["Microsoft.Storage.BlobCreated"], subscription.At("properties.filter.includedEventTypes").EnumerateArray().Select(e => e.GetString()));
        Assert.Equal("data.api", filter.GetProperty("key").GetString());
        Assert.Equal(["PutBlob", "PutBlockList", "CopyBlob", "FlushWithClose"], filter.GetProperty("values").EnumerateArray().Select(e => e.GetString()));
        Assert.Equal(30, subscription.At("properties.retryPolicy.maxDeliveryAttempts").GetInt32());
        Assert.Equal(24 * 60, subscription.At("properties.retryPolicy.eventTimeToLiveInMinutes").GetInt32());
        // Without a key: the topic's identity writes them, which has the role for it (AccessTests).
        Assert.Equal("event-dead-letters", subscription.Text("properties.deadLetterWithResourceIdentity.deadLetterDestination.properties.blobContainerName"));
        Assert.Equal("SystemAssigned", subscription.Text("properties.deadLetterWithResourceIdentity.identity.type"));
        Assert.Equal("SystemAssigned", (await Deployments.MainAsync()).Only("Microsoft.EventGrid/systemTopics").Text("identity.type"));
    }

    [BicepFact]
    public async Task Containers_ComeBackForAWeekAndBlobsArePaidForOnce()
    {
        JsonElement blobs = (await Deployments.MainAsync()).Only("Microsoft.Storage/storageAccounts/blobServices").Properties;

        Assert.Equal(7, blobs.GetProperty("containerDeleteRetentionPolicy").GetProperty("days").GetInt32());
        Assert.False(blobs.TryGetProperty("isVersioningEnabled", out _) || blobs.TryGetProperty("deleteRetentionPolicy", out _));
    }

    [BicepFact]
    public async Task Images_StayForEverUnlessAParameterSaysOtherwise()
    {
        PredictedResource byDefault = (await Deployments.MainAsync()).Only("Microsoft.Storage/storageAccounts/managementPolicies");
        PredictedResource changed = (await Deployments.MainAsync(new() { ["imagesToCoolAfterDays"] = "7", ["deleteImagesAfterDays"] = "90" }))
            .Only("Microsoft.Storage/storageAccounts/managementPolicies");

        Assert.DoesNotContain("images/", byDefault.Properties.GetRawText(), StringComparison.Ordinal);
        JsonElement images = changed.At("properties.policy.rules")[0];
        Assert.Equal("images/", images.GetProperty("definition").GetProperty("filters").GetProperty("prefixMatch")[0].GetString());
        JsonElement actions = images.GetProperty("definition").GetProperty("actions").GetProperty("baseBlob");
        Assert.Equal(7, actions.GetProperty("tierToCool").GetProperty("daysAfterModificationGreaterThan").GetInt32());
        Assert.Equal(90, actions.GetProperty("delete").GetProperty("daysAfterModificationGreaterThan").GetInt32());
    }

    [BicepFact]
    public async Task EveryResource_CarriesTheTagByWhichAzdFindsIt()
    {
        // Children and extensions of a resource cannot have tags, and go with it.
        string[] untaggable = ["roleAssignments", "diagnosticSettings", "blobServices", "containers", "queueServices", "queues", "tableServices", "tables",
            "managementPolicies", "basicPublishingCredentialsPolicies", "privateDnsZoneGroups"];
        PredictedDeployment main = await Deployments.MainAsync(NetworkTests.Private);
        PredictedDeployment large = await Deployments.LargeAsync();

        foreach (PredictedResource resource in main.Resources.Concat(large.Resources).Where(r => !untaggable.Contains(r.Type.Split('/')[^1])))
            Assert.Equal("dev", resource.At("tags.azd-env-name").GetString());
    }

    [BicepFact]
    public async Task EveryResource_IsInTheGroupThatAzdDownDeletes()
    {
        PredictedDeployment main = await Deployments.MainAsync(NetworkTests.Private);

        // An id whose name holds an expression is an expression itself, with the group as an argument.
        Assert.All(main.Resources, r => Assert.Matches("/resourceGroups/rg-dev|^\\[resourceId\\('[-0-9]+', 'rg-dev', ", r.Id));
    }
}
