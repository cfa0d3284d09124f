using TinySaver.Infra.Tests.Bicep;

namespace TinySaver.Infra.Tests.Contracts;

/// <summary>Flex Consumption refuses a deployment that has a property or setting of the older plans.</summary>
public sealed class FlexTests
{
    // "Flex Consumption plan deprecations" in Microsoft's list of app settings, and what Azure/azure-cli#31414 was refused for.
    private static readonly string[] Properties =
    [
        "alwaysOn", "containerSize", "ftpsState", "functionAppScaleLimit", "functionsRuntimeScaleMonitoringEnabled", "isReserved", "isXenon", "javaVersion",
        "linuxFxVersion", "minimumElasticInstanceCount", "netFrameworkVersion", "powerShellVersion", "preWarmedInstanceCount", "use32BitWorkerProcess",
        "windowsFxVersion",
    ];

    private static readonly string[] Settings =
    [
        "ENABLE_ORYX_BUILD", "FUNCTIONS_EXTENSION_VERSION", "FUNCTIONS_WORKER_RUNTIME", "FUNCTIONS_WORKER_RUNTIME_VERSION", "SCM_DO_BUILD_DURING_DEPLOYMENT",
        "TZ", "WEBSITE_CONTENTAZUREFILECONNECTIONSTRING", "WEBSITE_CONTENTSHARE", "WEBSITE_MAX_DYNAMIC_APPLICATION_SCALE_OUT",
        "WEBSITE_NODE_DEFAULT_VERSION", "WEBSITE_RUN_FROM_PACKAGE", "WEBSITE_TIME_ZONE", "WEBSITE_USE_PLACEHOLDER_DOTNETISOLATED",
        "WEBSITES_CONTAINER_START_TIME_LIMIT",
    ];

    [BicepFact]
    public async Task TinyApp_HasNothingThatFlexConsumptionRefuses()
    {
        PredictedResource app = (await Deployments.MainAsync(NetworkTests.Private)).Only("Microsoft.Web/sites");
        IEnumerable<string> properties = app.Properties.EnumerateObject().Concat(app.At("properties.siteConfig").EnumerateObject()).Select(p => p.Name);

        Assert.Empty(properties.Intersect(Properties, StringComparer.OrdinalIgnoreCase));
        Assert.Empty(AppSettings.Of(app).Keys.Intersect(Settings, StringComparer.OrdinalIgnoreCase));
    }
}
