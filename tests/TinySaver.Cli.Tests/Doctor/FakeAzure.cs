using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Azure.Core;
using Microsoft.Extensions.Time.Testing;
using TinySaver.Cli.Doctor;
using TinySaver.Cli.Doctor.Checks;

namespace TinySaver.Cli.Tests.Doctor;

/// <summary>Stands in for Resource Manager and the tiny app: a deployment in which all is well, until a test breaks something.</summary>
/// <remarks>Shapes as the REST references have them, cut down to what is near to what the doctor reads.</remarks>
internal sealed class FakeAzure : TokenCredential, IDisposable
{
    public const string Subscription = "00000000-0000-0000-0000-000000000001";
    public const string Group = "rg-dev";
    public const string Key = "SECRET-function-key-1234567890";
    public const string Token = "SECRET-token-1234567890";

    private const string Account = "stabc";
    private const string GroupId = $"/subscriptions/{Subscription}/resourceGroups/{Group}";
    private const string Metrics = "/providers/Microsoft.Insights/metrics";

    private readonly HttpListener _listener = new();
    private readonly ConcurrentDictionary<string, (int Status, string Json)> _answers = new();

    public FakeAzure()
    {
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            Authority = free.LocalEndpoint.ToString()!;
        }

        _listener.Prefixes.Add($"http://{Authority}/");
        _listener.Start();
        Heal();
        _ = AnswerAsync();
    }

    public static string Storage => Id("Microsoft.Storage/storageAccounts", "stabc");

    public static string Bus => Id("Microsoft.ServiceBus/namespaces", "sb-abc");

    public static string Topic => Id("Microsoft.EventGrid/systemTopics", "egst-abc");

    public static string App => Id("Microsoft.Web/sites", "func-tiny-abc");

    public static string Large => Id("Microsoft.App/containerApps", "ca-large-abc");

    public static string Revision => $"{Large}/revisions/ca-large-abc--1";

    public static string Logs => Id("Microsoft.OperationalInsights/workspaces", "log-abc") + "/api/query";

    public static string RoleAssignments => $"{GroupId}/providers/Microsoft.Authorization/roleAssignments";

    public static string AlertsPath => $"/subscriptions/{Subscription}/providers/Microsoft.AlertsManagement/alerts";

    public static string GpuUsage => Id("Microsoft.App/managedEnvironments", "cae-abc") + "/usages";

    public static string HealthPath => "/api/Health";

    public string Authority { get; }

    /// <summary>A storage account that is the fake's own; it refuses everybody with <see cref="Refusal"/>.</summary>
    public string ConnectionString => string.Join(
        ';', ((string[])["Blob", "Table", "Queue"]).Select(s => $"{s}Endpoint=http://{Authority}/{Account}").Append($"AccountName={Account}").Append("AccountKey=c2VjcmV0"));

    /// <summary>The error code of that account.</summary>
    public string Refusal { get; set; } = "AuthorizationPermissionMismatch";

    /// <summary>A path that is never answered.</summary>
    public string? Silent { get; set; }

    /// <summary>The clock.</summary>
    public FakeTimeProvider Time { get; } = new(new(2026, 8, 5, 11, 30, 0, TimeSpan.Zero));

    /// <summary>Whether nobody is signed in.</summary>
    public bool SignedOut { get; set; }

    public Deployment NewDeployment(string? tenant = "tenant-dev") => new(new ResourceManager(new HttpClient(), this, new Uri($"http://{Authority}")), Subscription, Group, tenant) { Time = Time };

    /// <summary>Answers a path, whatever its query; a metric's by its name behind a question mark.</summary>
    public void Set(string path, string json, int status = 200) => _answers[path.ToUpperInvariant()] = (status, json);

    /// <summary>Changes an answer.</summary>
    public void Change(string path, string from, string to)
    {
        (int status, string json) = _answers[path.ToUpperInvariant()];
        Assert.Contains(from, json, StringComparison.Ordinal);
        Set(path, json.Replace(from, to, StringComparison.Ordinal), status);
    }

    public static string QueuePath(string queue) => $"{Storage}/queueServices/default/queues/{queue}";

    public static string MetricPath(string metric) => $"{Topic}{Metrics}?{metric}";

    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) => SignedOut
        ? throw new Azure.Identity.CredentialUnavailableException("DefaultAzureCredential failed to retrieve a token.\nAzure CLI not installed")
        : new(Token, DateTimeOffset.MaxValue);

    public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) => new(GetToken(requestContext, cancellationToken));

    public void Dispose() => _listener.Close();

    private static string Id(string type, string name) => $"{GroupId}/providers/{type}/{name}";

    private void Heal()
    {
        Set($"/subscriptions/{Subscription}", """{"displayName":"Dev","state":"Enabled","tenantId":"tenant-dev"}""");
        (string Type, string Name)[] resources =
        [
            ("Microsoft.Storage/storageAccounts", "stabc"), ("Microsoft.ServiceBus/namespaces", "sb-abc"), ("Microsoft.EventGrid/systemTopics", "egst-abc"),
            ("Microsoft.Web/sites", "func-tiny-abc"), ("Microsoft.App/containerApps", "ca-large-abc"), ("Microsoft.App/managedEnvironments", "cae-abc"),
            ("Microsoft.Insights/components", "appi-abc"), ("Microsoft.OperationalInsights/workspaces", "log-abc"), ("Microsoft.ContainerRegistry/registries", "crabc"),
            ("Microsoft.Insights/metricalerts", "alert-dead-letters-abc"), ("Microsoft.Insights/metricalerts", "alert-event-dead-letters-abc"),
            .. Enumerable.Range(0, 6).Select(i => ("microsoft.insights/scheduledqueryrules", $"alert-{i}-abc")),
        ];
        Set($"{GroupId}/resources", List(resources.Select(r => $$$"""{"id":"{{{Id(r.Type, r.Name)}}}","name":"{{{r.Name}}}","type":"{{{r.Type}}}","tags":{"azd-env-name":"dev"}}""")));
        Set(Storage, """{"name":"stabc","properties":{"primaryEndpoints":{"blob":"https://stabc.blob.core.windows.net/"}}}""");
        foreach ((string service, string kind, string[] names) in Containers.Expected)
            Set($"{Storage}/{service}/default/{kind}", List(names.Append("one-of-the-hosts").Select(n => $$"""{"name":"{{n}}"}""")));

        foreach (string queue in BatchJobs.PoisonQueues)
            Set(QueuePath(queue), """{"properties":{"approximateMessageCount":0}}""");

        Set(
            $"{GroupId}/providers/Microsoft.ManagedIdentity/userAssignedIdentities",
            List(((string[])["tiny", "large"]).Select(i => $$$"""{"name":"id-{{{i}}}-abc","properties":{"principalId":"principal-{{{i}}}","clientId":"client-{{{i}}}"}}""")));
        Set(RoleAssignments, List(
        [
            Role("tiny", Storage, "Storage Blob Data Owner"), Role("tiny", Storage, "Storage Queue Data Contributor"), Role("tiny", Storage, "Storage Table Data Contributor"),
            Role("tiny", $"{Bus}/queues/escalations", "Azure Service Bus Data Sender"), Role("tiny", $"{Bus}/queues/escalations", "Azure Service Bus Data Receiver"),
            Role("tiny", Id("Microsoft.Insights/components", "appi-abc"), "Monitoring Metrics Publisher"),
            Role("large", GroupId, "Storage Blob Data Owner"), Role("large", Storage, "Storage Table Data Contributor"),
            Role("large", $"{Bus}/queues/escalations", "Azure Service Bus Data Owner"), Role("large", Id("Microsoft.Insights/components", "appi-abc"), "Monitoring Metrics Publisher"),
            Role("large", Id("Microsoft.ContainerRegistry/registries", "crabc"), "AcrPull"),
            Role("events", $"{Storage}/blobServices/default/containers/event-dead-letters", "Storage Blob Data Contributor"),
        ]));
        Set(App, $$$"""{"name":"func-tiny-abc","properties":{"state":"Running","defaultHostName":"{{{Authority}}}","availabilityState":"Normal"}}""");
        Set($"{App}/functions", List(Functions.Expected.Select(f => $$$"""{"name":"func-tiny-abc/{{{f}}}","properties":{"name":"{{{f}}}","isDisabled":false,"language":"dotnet-isolated"}}""")));
        Set($"{App}/host/default/listkeys", $$$"""{"masterKey":"SECRET-master-1234567890","functionKeys":{"default":"{{{Key}}}"},"systemKeys":{"blobs_extension":"SECRET-blobs-1234567890"}}""");
        Set(HealthPath, """{"healthy":true,"dependencies":[{"name":"images"},{"name":"labels"},{"name":"escalations"},{"name":"cascade"}],"policy":"POLICY"}""");
        Set(Topic, """{"name":"egst-abc","identity":{"type":"SystemAssigned","principalId":"principal-events"},"properties":{"provisioningState":"Succeeded"}}""");
        Set($"{Topic}/eventSubscriptions", List(
        [
            $$$"""
            {"name":"images","properties":{"provisioningState":"Succeeded","destination":{"endpointType":"WebHook","properties":{"endpointBaseUrl":"https://func-tiny-abc.azurewebsites.net/runtime/webhooks/blobs"}},
             "filter":{"subjectBeginsWith":"{{{EventSubscription.Subject}}}","includedEventTypes":["Microsoft.Storage.BlobCreated"]},"deadLetterWithResourceIdentity":{"identity":{"type":"SystemAssigned"}} }}
            """,
        ]));
        foreach ((string metric, int total) in ((string, int)[])[("DeliverySuccessCount", 140), ("DeliveryAttemptFailCount", 0), ("DeadLetteredCount", 0)])
            Set(MetricPath(metric), Total(total));

        Set($"{Bus}/queues/escalations", """{"properties":{"status":"Active","messageCount":3,"countDetails":{"activeMessageCount":3,"deadLetterMessageCount":0}}}""");
        Set(Large, """
            {"properties":{"provisioningState":"Succeeded","runningStatus":"Running","latestRevisionName":"ca-large-abc--1","workloadProfileName":"Consumption",
             "template":{"scale":{"minReplicas":0,"maxReplicas":3,"rules":[{"name":"escalations","custom":{"type":"azure-servicebus","metadata":{"namespace":"sb-abc","queueName":"escalations","messageCount":"1500"}}}]}}}}
            """);
        Set(Revision, """{"properties":{"active":true,"replicas":0,"healthState":"Healthy","runningState":"ScaledToZero","provisioningState":"Provisioned","createdTime":"2026-08-05T08:00:00Z"}}""");
        Set(GpuUsage, """{"value":[{"name":{"value":"ManagedEnvironmentConsumptionT4Gpus"},"currentValue":0,"limit":1,"unit":"Count"}]}""");
        Set(Logs, """{"tables":[{"name":"PrimaryResult","columns":[{"name":"Last","type":"datetime"}],"rows":[["2026-08-05T10:00:00Z"]]}]}""");
        Set(AlertsPath, List([]));
    }

    /// <summary>A list as Resource Manager gives it.</summary>
    public static string List(IEnumerable<string> items) => $$"""{"value":[{{string.Join(',', items)}}]}""";

    /// <summary>A metric's answer.</summary>
    public static string Total(int total, string time = "09:00") => $$$"""{"value":[{"timeseries":[{"data":[{"timeStamp":"2026-08-05T{{{time}}}:00Z","total":{{{total}}}},{"timeStamp":"2026-08-05T11:15:00Z"}]}]}]}""";

    private static string Role(string who, string scope, string role) => $$$"""
        {"properties":{"principalId":"principal-{{{who}}}","scope":"{{{scope}}}","roleDefinitionId":"/subscriptions/{{{Subscription}}}/providers/Microsoft.Authorization/roleDefinitions/{{{Roles.Ids[role]}}}"}}
        """;

    private async Task AnswerAsync()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            string path = context.Request.Url!.AbsolutePath;
            if (path == Silent)
                continue;

            if (path.StartsWith($"/{Account}/", StringComparison.Ordinal))
            {
                context.Response.StatusCode = 403;
                context.Response.AddHeader("x-ms-error-code", Refusal);
                context.Response.Close();
                continue;
            }

            bool known = path == HealthPath ? context.Request.Headers["x-functions-key"] == Key : context.Request.Headers["Authorization"] == $"Bearer {Token}";
            string key = context.Request.QueryString["metricnames"] is { } metric ? $"{path}?{metric}" : path;
            (int status, string json) = !known
                ? (401, """{"error":{"code":"AuthenticationFailed","message":"Who are you?"}}""")
                : _answers.GetValueOrDefault(key.ToUpperInvariant(), (404, """{"error":{"code":"ResourceNotFound","message":"The fake does not know it."}}"""));
            context.Response.StatusCode = status;
            context.Response.ContentType = "application/json";
            context.Response.Close(Encoding.UTF8.GetBytes(json), willBlock: false);
        }
    }
}
