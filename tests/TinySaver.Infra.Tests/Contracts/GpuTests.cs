using TinySaver.Infra.Tests.Bicep;

namespace TinySaver.Infra.Tests.Contracts;

/// <summary>What the parameter <c>gpu</c> chooses, in the environment and in the app.</summary>
public sealed class GpuTests
{
    [BicepTheory]
    [InlineData("none", "Consumption: Consumption")]
    [InlineData("T4", "Consumption: Consumption", "gpu-t4: Consumption-GPU-NC8as-T4")]
    [InlineData("A100", "Consumption: Consumption", "gpu-a100: Consumption-GPU-NC24-A100")]
    public async Task Gpu_ChoosesTheProfiles(string gpu, params string[] profiles)
    {
        PredictedDeployment main = await Deployments.MainAsync(new() { ["gpu"] = $"'{gpu}'" });
        PredictedDeployment large = await Deployments.LargeAsync(gpu);

        Assert.Equal(profiles, ProfilesOf(main));
        Assert.Equal(profiles[^1].Split(':')[0], large.Only("Microsoft.App/containerApps").Text("properties.workloadProfileName"));
        Assert.Equal(gpu, main.Outputs.GetProperty("TINYSAVER_GPU").GetString());
    }

    // A profile's type cannot be changed and one in use cannot be removed: the app moves to the new one, and the deployment after that removes the old.
    [BicepTheory]
    [InlineData("none", "T4")]
    [InlineData("T4", "A100")]
    [InlineData("A100", "none")]
    public async Task Gpu_Changed_LeavesTheProfileInPlaceUntilTheAppHasLeftIt(string before, string after)
    {
        string left = (await Deployments.LargeAsync(before)).Outputs.GetProperty("TINYSAVER_LARGE_PROFILE").GetString()!;
        string taken = (await Deployments.LargeAsync(after)).Outputs.GetProperty("TINYSAVER_LARGE_PROFILE").GetString()!;

        string[] during = NamesOf(await Deployments.MainAsync(new() { ["gpu"] = $"'{after}'", ["profileInUse"] = $"'{left}'" }));
        string[] later = NamesOf(await Deployments.MainAsync(new() { ["gpu"] = $"'{after}'", ["profileInUse"] = $"'{taken}'" }));

        Assert.NotEqual(left, taken);
        Assert.Superset(new HashSet<string>([left, taken]), during.ToHashSet());
        Assert.Equal(new HashSet<string>(["Consumption", taken]), later.ToHashSet());
        Assert.Distinct(during);
    }

    [BicepTheory]
    [InlineData("none", 4, "8Gi")]
    [InlineData("T4", 8, "56Gi")]
    [InlineData("A100", 24, "220Gi")]
    public async Task LargeApp_TakesAllOfItsProfile(string gpu, int cpus, string memory)
    {
        PredictedResource app = (await Deployments.LargeAsync(gpu)).Only("Microsoft.App/containerApps");
        System.Text.Json.JsonElement resources = app.At("properties.template.containers")[0].GetProperty("resources");

        Assert.Equal(cpus, resources.GetProperty("cpu").GetInt32());
        Assert.Equal(memory, resources.GetProperty("memory").GetString());
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

    private static string[] ProfilesOf(PredictedDeployment main) => [.. main.Only("Microsoft.App/managedEnvironments").At("properties.workloadProfiles").EnumerateArray()
        .Select(p => $"{p.GetProperty("name").GetString()}: {p.GetProperty("workloadProfileType").GetString()}")];

    private static string[] NamesOf(PredictedDeployment main) => [.. ProfilesOf(main).Select(p => p.Split(':')[0])];
}
