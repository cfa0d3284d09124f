using System.Text.Json;

namespace TinySaver.Infra.Tests.Bicep;

/// <summary>What a Bicep file would deploy with certain parameters, as the compiler's <c>snapshot</c> works it out.</summary>
/// <param name="Resources">The resources, of all modules.</param>
/// <param name="Outputs">The outputs by name.</param>
internal sealed record PredictedDeployment(IReadOnlyList<PredictedResource> Resources, JsonElement Outputs)
{
    private const string Subscription = "11111111-1111-1111-1111-111111111111";
    private const string Tenant = "22222222-2222-2222-2222-222222222222";

    /// <summary>The only resource of a type.</summary>
    public PredictedResource Only(string type) => Assert.Single(OfType(type));

    /// <summary>All resources of a type.</summary>
    public IEnumerable<PredictedResource> OfType(string type) => Resources.Where(r => r.Type == type);

    /// <summary>Asks the compiler.</summary>
    /// <param name="file">The Bicep file, from the folder <c>infra</c>.</param>
    /// <param name="parameters">Parameters by name, as Bicep expressions.</param>
    /// <param name="resourceGroup">The resource group; null for a file at subscription scope.</param>
    public static PredictedDeployment Predict(string file, IReadOnlyDictionary<string, string> parameters, string? resourceGroup)
    {
        string folder = Directory.CreateTempSubdirectory("tinysaver-bicep-").FullName;
        try
        {
            string parameterFile = Path.Combine(folder, "predict.bicepparam");
            string template = Path.GetRelativePath(folder, Repository.PathOf("infra", file)).Replace('\\', '/');
            File.WriteAllLines(parameterFile, [$"using '{template}'", .. parameters.Select(p => $"param {p.Key} = {p.Value}")]);
            string text = BicepCompiler.Snapshot(
                parameterFile, new { subscriptionId = Subscription, tenantId = Tenant, deploymentName = "test", location = "westus3", resourceGroup });

            using var snapshot = JsonDocument.Parse(text);
            JsonElement root = snapshot.RootElement.Clone();
            Assert.Empty(root.GetProperty("diagnostics").EnumerateArray());
            return new([.. root.GetProperty("predictedResources").EnumerateArray().Select(r => new PredictedResource(r))], OutputsOf(root));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static JsonElement OutputsOf(JsonElement snapshot) =>
        snapshot.TryGetProperty("outputs", out JsonElement outputs) ? outputs : JsonDocument.Parse("{}").RootElement.Clone();
}
