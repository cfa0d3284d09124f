using TinySaver.Infra.Tests.Bicep;

namespace TinySaver.Infra.Tests.Contracts;

/// <summary>What the parameter <c>gpu</c> chooses, in the environment, the app and the image.</summary>
public sealed class GpuTests
{
    [BicepTheory]
    [InlineData("none", "Consumption", "Consumption", "cpu")]
    [InlineData("T4", "gpu", "Consumption-GPU-NC8as-T4", "gpu")]
    [InlineData("A100", "gpu", "Consumption-GPU-NC24-A100", "gpu")]
    public async Task Gpu_ChoosesTheProfileAndTheImage(string gpu, string profile, string profileType, string flavour)
    {
        PredictedDeployment main = await Deployments.MainAsync(new() { ["gpu"] = $"'{gpu}'" });

        string[] profiles = [.. main.Only("Microsoft.App/managedEnvironments").At("properties.workloadProfiles").EnumerateArray()
            .Select(p => $"{p.GetProperty("name").GetString()}: {p.GetProperty("workloadProfileType").GetString()}")];
        Assert.Equal(gpu == "none" ? ["Consumption: Consumption"] : ["Consumption: Consumption", $"gpu: {profileType}"], profiles);
        Assert.Equal(profile, main.Outputs.GetProperty("TINYSAVER_LARGE_PROFILE").GetString());
        Assert.Equal(flavour, main.Outputs.GetProperty("TINYSAVER_LARGE_FLAVOUR").GetString());
        Assert.Contains($" AS runtime-{flavour}\n", Repository.Read("src", "TinySaver.Functions.Large", "Dockerfile"), StringComparison.Ordinal);
        Assert.Equal(gpu, main.Outputs.GetProperty("TINYSAVER_GPU").GetString());
    }

    [BicepTheory]
    [InlineData("none", 4, "8Gi")]
    [InlineData("T4", 8, "56Gi")]
    [InlineData("A100", 24, "220Gi")]
    public async Task LargeApp_TakesAllOfItsProfile(string gpu, int cpus, string memory)
    {
        PredictedResource app = (await Deployments.LargeAsync(gpu)).Only("Microsoft.App/containerApps");
        System.Text.Json.JsonElement resources = app.At("properties.template.containers")[0].GetProperty("resources");

        Assert.Equal("profile", app.Text("properties.workloadProfileName"));
        Assert.Equal(cpus, resources.GetProperty("cpu").GetInt32());
        Assert.Equal(memory, resources.GetProperty("memory").GetString());
    }

    [BicepFact]
    public async Task LargeApp_IsAFunctionAppThatThePlatformScalesFromZero()
    {
        PredictedResource app = (await Deployments.LargeAsync()).Only("Microsoft.App/containerApps");

        Assert.Equal("functionapp", app.Text("kind"));
        Assert.Equal("large", app.Json.GetProperty("tags").GetProperty("azd-service-name").GetString());
        Assert.Equal(0, app.At("properties.template.scale.minReplicas").GetInt32());
        Assert.Equal(3, app.At("properties.template.scale.maxReplicas").GetInt32());
        // The platform makes the rules from the triggers, and refuses any that are set.
        Assert.False(app.At("properties.template.scale").TryGetProperty("rules", out _));
        // It reads the triggers through the ingress, which nobody else needs.
        Assert.False(app.At("properties.configuration.ingress.external").GetBoolean());
    }

    [BicepFact]
    public async Task LargeApp_PullsItsImageByItsIdentityAndListensWhereTheImageDoes()
    {
        PredictedResource app = (await Deployments.LargeAsync()).Only("Microsoft.App/containerApps");
        System.Text.Json.JsonElement registry = Assert.Single(app.At("properties.configuration.registries").EnumerateArray());

        Assert.Contains("/userAssignedIdentities/id-large-abc", registry.GetProperty("identity").GetString(), StringComparison.Ordinal);
        Assert.False(registry.TryGetProperty("passwordSecretRef", out _));
        int port = app.At("properties.configuration.ingress.targetPort").GetInt32();
        Assert.Contains($"ASPNETCORE_URLS=http://+:{port}", Repository.Read("src", "TinySaver.Functions.Large", "Dockerfile"), StringComparison.Ordinal);
    }
}
