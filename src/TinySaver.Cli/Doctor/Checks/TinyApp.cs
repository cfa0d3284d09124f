using System.Net;
using System.Text.Json;

namespace TinySaver.Cli.Doctor.Checks;

/// <summary>Whether the tiny app runs.</summary>
internal static class TinyApp
{
    public const string Type = "Microsoft.Web/sites";

    public static readonly Check Check = new("tiny app", LookAsync);

    private static async Task<Finding> LookAsync(Deployment d, CancellationToken cancellationToken)
    {
        (string id, string name) = d.Find(Type, "tiny app");
        JsonElement app = await d.Azure.GetAsync(id, ApiVersions.App, cancellationToken);
        string state = app.Text("properties", "state");
        return state == "Running"
            ? Finding.Ok($"{name} is running")
            : Finding.Broken($"{name} is {state}", $"Start it: `az functionapp start --name {name} --resource-group {d.Group}`.");
    }
}

/// <summary>Whether the Functions host has found the app's functions.</summary>
internal static class Functions
{
    // All of the tiny app's but the one that polls, in the order of its files; a test compares them.
    internal static readonly IReadOnlyList<string> Expected =
    [
        "CancelJob", "ClassifyJobImages", "ClassifyWithTinyModel", "Health", "LookAfterJobs", "RecordDeadLetters",
        "RecordPoisonedImages", "RecordPoisonedJobImages", "RecordPoisonedJobs", "ShowJob", "SubmitJob", "WatchGuarantee", "WorkOnJobs",
    ];

    public static readonly Check Check = new("its functions", LookAsync);

    private static async Task<Finding> LookAsync(Deployment d, CancellationToken cancellationToken)
    {
        (string id, string name) = d.Find(TinyApp.Type, "tiny app");
        IReadOnlyList<JsonElement> functions = await d.Azure.ListAsync($"{id}/functions", ApiVersions.App, cancellationToken);
        string[] missing = [.. Expected.Except(functions.Where(f => f.Text("properties", "isDisabled") is not "True").Select(f => f.Text("name").Split('/')[^1]))];
        return missing.Length == 0
            ? Finding.Ok($"all {Expected.Count} are there")
            : Finding.Broken($"{name} lacks {string.Join(", ", missing)}", "Run `azd deploy tiny`; where it stays so, look at the app's log stream: a setting that it misses is named there.");
    }
}

/// <summary>What the app itself says: can it classify?</summary>
internal static class Health
{
    public static readonly Check Check = new("its health", LookAsync, Seconds: 90);

    // A cold start takes its time, and it ends with the process.
    private static readonly HttpClient Http = new() { Timeout = Timeout.InfiniteTimeSpan };

    private static async Task<Finding> LookAsync(Deployment d, CancellationToken cancellationToken)
    {
        (string id, string name) = d.Find(TinyApp.Type, "tiny app");
        string host = (await d.Azure.GetAsync(id, ApiVersions.App, cancellationToken)).Text("properties", "defaultHostName");
        JsonElement keys = await d.Azure.PostAsync($"{id}/host/default/listkeys", ApiVersions.App, body: null, cancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{d.Azure.Endpoint.Scheme}://{host}/api/Health");
        request.Headers.Add("x-functions-key", d.Keep(keys.Text("functionKeys", "default") is { Length: > 0 } key ? key : keys.Text("masterKey")));
        using HttpResponseMessage response = await Http.SendAsync(request, cancellationToken);
        if (response.StatusCode == HttpStatusCode.Forbidden)
            return Finding.NotHere($"{name} answers nobody but Event Grid, as with a private network");

        if (response.StatusCode is not (HttpStatusCode.OK or HttpStatusCode.ServiceUnavailable) || response.Content.Headers.ContentType?.MediaType != "application/json")
            return Finding.Broken($"{name} answered {(int)response.StatusCode} and not with its health", "Look at the app's log stream in the portal, then `azd deploy tiny`.");

        JsonElement health = JsonDocument.Parse(await response.Content.ReadAsStringAsync(cancellationToken)).RootElement;
        if (health.Text("healthy") != "True")
            return Finding.Broken($"{name} cannot classify: {health.Text("error")}", "What it names has to be mended; then it mends itself within a minute.");

        string policy = health.Text("policy");
        return await d.PolicyAsync(cancellationToken) is { } current && current.Policy.Id != policy
            ? Finding.Warning($"{name} still uses the policy {policy}, not {current.Policy.Id}", "It changes over within a minute; where it does not, its log says why.")
            : Finding.Ok($"{name} can classify by the policy {policy}");
    }
}
