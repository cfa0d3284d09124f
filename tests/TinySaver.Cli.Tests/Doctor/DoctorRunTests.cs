using Azure.Data.Tables;
using Azure.Storage.Blobs;
using TinySaver.Calibration.Watch;
using TinySaver.Cli.Accounts;
using TinySaver.Cli.Doctor;
using TinySaver.Cli.Policies;
using TinySaver.Core.Audits;
using TinySaver.Inference.Cascades;

namespace TinySaver.Cli.Tests.Doctor;

/// <summary>The doctor on a deployment of a fake Resource Manager and an Azurite: each thing that can be broken is broken once.</summary>
public sealed class DoctorRunTests(OneAzurite azurite) : IClassFixture<OneAzurite>, IAsyncLifetime
{
    private readonly FakeAzure _azure = new();
    private StorageAccount _account = null!;
    private StorageAccount? _refused;
    private Deployment? _deployment;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private TableClient Jobs => _account.Clients.Tables.GetTableClient(_account.Options.JobsTable);

    private BlobContainerClient Models => _account.Models;

    public async ValueTask InitializeAsync()
    {
        _account = await azurite.OpenAsync();
        await Jobs.DeleteEntityAsync("night-1", "job", cancellationToken: Cancellation);
        await Models.DeleteIfExistsAsync(cancellationToken: Cancellation);
        await foreach (TableEntity left in AuditsTable.QueryAsync<TableEntity>(cancellationToken: Cancellation))
            await AuditsTable.DeleteEntityAsync(left, cancellationToken: Cancellation);

        PublishSummary published = await new PolicyPublisher(Path.Combine(RepositoryPaths.Samples, "cascade.json"))
            .PublishAsync(_account, _ => { }, new StoragePatience(OneAzurite.Terminal, _account), Cancellation);
        _azure.Change(FakeAzure.HealthPath, "POLICY", published.Policy);
    }

    public async ValueTask DisposeAsync()
    {
        _azure.Dispose();
        await _account.DisposeAsync();
    }

    private TableClient AuditsTable => _account.Clients.Tables.GetTableClient(_account.Options.AuditsTable);

    [Fact]
    public async Task LookAsync_AllIsWell_SaysSoOfEachThingInTheOrderOfTheData()
    {
        DoctorReport report = await LookAsync();

        Assert.Empty(report.Lines.Where(l => l.Verdict is not (Verdict.Ok or Verdict.NotHere)).Select(l => $"{l.Check}: {l.Seen}"));
        Assert.True(report.Healthy);
        Assert.Equal("https://stabc.blob.core.windows.net/", _deployment!.StorageUrl);
        Assert.Equal(DoctorRun.First.Concat(DoctorRun.Checks).Select(c => c.Name), report.Lines.Select(l => l.Check));
        Assert.Equal(["GPU", "guarantee"], report.Lines.Where(l => l.Verdict == Verdict.NotHere).Select(l => l.Check));
    }

    public static TheoryData<string, string, string> Faults => new()
    {
        { "signed-out", "sign-in", "nobody is signed in: DefaultAzureCredential failed to retrieve a token. → Run `az login`" },
        { "tenant", "sign-in", "in the tenant tenant-other, but azd deployed to tenant-dev → Run `az login --tenant tenant-dev`" },
        { "other-account", "sign-in", "whoever is signed in does not see the subscription 00000000-0000-0000-0000-000000000001 → Run `az login --tenant tenant-dev`" },
        { "disabled", "sign-in", "is Disabled → Enable it in the portal" },
        { "no-network", "sign-in", "the network does not let this machine through: Connection refused" },
        { "proxy", "sign-in", "what was answered is no JSON: '<' is an invalid start" },
        { "no-group", "resource group", "there is no resource group rg-dev in the subscription → Run `azd provision`" },
        { "no-storage", "resource group", "The resource group rg-dev has no storage account. Run `azd provision`." },
        { "no-images", "storage", "has no container 'images' → Run `azd provision`" },
        { "no-table", "storage", "has no table 'labels' → Run `azd provision`" },
        { "storage-role", "storage", "refuses you (AuthorizationPermissionMismatch) → You need the roles Storage Blob Data Contributor" },
        { "storage-network", "storage", "the account's network lets nobody in from here → Set TINYSAVER_DEPLOYER_IP" },
        { "no-queue", "containers, tables, queues", "there is no queue 'jobs', no queue 'images', no queue 'jobs-poison', no queue 'images-poison', no queue 'webjobs-blobtrigger-poison'" },
        { "no-results", "containers, tables, queues", "there is no container 'results' → Run `azd provision`" },
        { "no-role", "roles", "the tiny app lacks the role Storage Queue Data Contributor on the storage account → Run `azd provision` as Owner" },
        { "no-policy", "policy", "the container 'models' has no policy → Run `azd hooks run postprovision`" },
        { "pointer", "policy", "names the policy 000000000000, and there is no" },
        { "changed-model", "models", "is not the file that was published with the policy → Publish the policy again" },
        { "garbled-model", "models", "is not the file that was published with the policy → Publish the policy again" },
        { "lost-model", "models", "of its 4 files → Publish the policy again" },
        { "stopped", "tiny app", "func-tiny-abc is Stopped → Start it: `az functionapp start --name func-tiny-abc" },
        { "no-function", "its functions", "func-tiny-abc lacks ClassifyWithTinyModel → Run `azd deploy tiny`" },
        { "no-job-function", "its functions", "func-tiny-abc lacks WorkOnJobs → Run `azd deploy tiny`" },
        { "unhealthy", "its health", "func-tiny-abc cannot classify: escalations: Service Bus refuses the app" },
        { "crashed", "its health", "func-tiny-abc answered 502 and not with its health" },
        { "no-subscription", "event subscription", "egst-abc has no subscription 'images', so nobody is told of uploads → Run `azd hooks run postdeploy`" },
        { "filter", "event subscription", "the subscription 'images' listens to '/blobServices/default/containers/images-old/' instead" },
        { "dead-events", "event delivery", "Event Grid gave up on 7 events of the last day; they are in the container 'event-dead-letters', and their images have no rows → Mend what is broken" },
        { "failing-events", "event delivery", "9 deliveries of the last day failed, 0 arrived" },
        { "failing-again", "event delivery", "9 deliveries of the last day failed, 140 arrived" },
        { "queue-off", "escalations", "the queue 'escalations' is ReceiveDisabled" },
        { "revision", "large app", "is Failed, Unhealthy: ImagePullFailure" },
        { "no-large", "large app", "The resource group rg-dev has no large app. Run `azd deploy large`." },
        { "no-rule", "what wakes it", "nothing will wake ca-large-abc when images are escalated: it has no scale rule" },
        { "other-queue", "what wakes it", "ca-large-abc counts the queue 'others' and may have 3 replicas → Run `azd deploy large`" },
        { "scaler", "its system log", "the platform cannot scale or start ca-large-abc: error getting service bus entity length: 401 Unauthorized" },
        { "quota", "GPU", "the subscription's quota for the T4 is 0, so no replica will start → Ask for it in the portal" },
        { "telemetry", "telemetry", "images were announced today and no metric arrived" },
        { "forbidden", "alerts", "Azure answered 403 AuthorizationFailed: no → Your account needs the role Reader" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task LookAsync_OneThingBroken_IsNamedByItsOwnSentence(string fault, string check, string sentence)
    {
        await BreakAsync(fault);

        DoctorReport report = await LookAsync();

        Assert.False(report.Healthy);
        DoctorLine line = report.Lines.Single(l => l.Check == check);
        Assert.Equal(Verdict.Broken, line.Verdict);
        Assert.Contains(sentence, $"{line.Seen} → {line.ToDo}", StringComparison.Ordinal);
        Assert.NotNull(line.ToDo);
    }

    [Theory]
    [InlineData("dead-letters", "escalations", "2 escalations were given up, 3 wait")]
    [InlineData("other-policy", "its health", "still uses the policy 111111111111, not")]
    [InlineData("probe", "its system log", "last: Probe of StartUp failed with status code: 1")]
    [InlineData("alert", "alerts", "firing: alert-failure-rate-abc since 2026-08-05T09:00:00Z")]
    [InlineData("few-failures", "event delivery", "1 deliveries of the last day failed, 140 arrived")]
    [InlineData("dead-events-mended", "event delivery", "their images have no rows; deliveries succeed again → Put the images back with `tinysaver retry --batch NAME`.")]
    [InlineData("poisoned-job", "batch jobs", "2 messages in the queue 'jobs-poison': the tiny app failed on these five times")]
    [InlineData("still-job", "batch jobs", "'night-1' has not moved for 40 minutes, with 64 images to work on → Submit it again, the same under its name")]
    [InlineData("broken-guarantee", "guarantee", "broken: 9 of 10 audits differ from the large model: 90 %")]
    [InlineData("unseen-audits", "guarantee", "that nobody has looked at → The function WatchGuarantee looks each quarter of an hour")]
    [InlineData("scaler-of-a-new-app", "its system log", "soon after the deployment: error getting service bus entity length: 401 Unauthorized")]
    [InlineData("scaler-before", "its system log", "last, 40 minutes ago: error getting service bus entity length: 401 Unauthorized")]
    [InlineData("no-quota", "GPU", "the environment does not say what quota there is for the T4")]
    public async Task LookAsync_SomethingOdd_IsAWarningAndNothingIsBroken(string fault, string check, string sentence)
    {
        await BreakAsync(fault);

        DoctorReport report = await LookAsync();

        Assert.True(report.Healthy);
        DoctorLine line = Assert.Single(report.Lines, l => l.Verdict == Verdict.Warning);
        Assert.Equal(check, line.Check);
        Assert.Contains(sentence, $"{line.Seen} → {line.ToDo}", StringComparison.Ordinal);
    }

    // Who deploys has no role on the jobs' table, and no job is the worse for it.
    [Fact]
    public async Task LookAsync_WhoMayNotReadTheJobs_IsToldWhoMay()
    {
        await BreakAsync("storage-role");

        DoctorLine line = (await LookAsync()).Lines.Single(l => l.Check == "batch jobs");

        Assert.Equal((Verdict.NotHere, "no message was given up; you may not read the table 'jobs' (TINYSAVER_JOB_SUBMITTERS)"), (line.Verdict, line.Seen));
    }

    [Theory]
    [InlineData("sign-in")]
    [InlineData("tiny app")]
    [InlineData("its health")]
    [InlineData("its system log")]
    public async Task LookAsync_SomethingThatNeverAnswers_IsNamedAndNotWaitedFor(string check)
    {
        _azure.Silent = check switch
        {
            "sign-in" => $"/subscriptions/{FakeAzure.Subscription}",
            "tiny app" => FakeAzure.App,
            "its health" => FakeAzure.HealthPath,
            _ => FakeAzure.Logs,
        };

        DoctorReport report = await LookAsync(TimeSpan.FromSeconds(2));

        Assert.Equal("there was no answer within 2 s", report.Lines.Single(l => l.Check == check).Seen);
    }

    [Fact]
    public async Task LookAsync_AnswersThatHoldSecrets_ShowsNone()
    {
        _azure.Set(FakeAzure.HealthPath, $$$"""{"healthy":false,"error":"images: https://x/y?sv=1&sig=SECRET-sig-1234567890 by {{{FakeAzure.Key}}}, AccountKey=SECRETaccount1234567890==;"}""");
        _azure.Set(FakeAzure.App + "/functions", $$$"""{"error":{"code":"X","message":"Bearer {{{FakeAzure.Token}}} and {\"code\":\"SECRET-code-1234567890\"}"}}""", status: 500);
        _azure.Set(FakeAzure.Logs, """{"tables":[{"rows":[["failed: Endpoint=sb://x;SharedAccessKey=SECRETshared1234567890"]]}]}""");

        DoctorReport report = await LookAsync();

        Assert.Contains("images: https://x/y?sv=1&sig=…", report.Lines.Single(l => l.Check == "its health").Seen, StringComparison.Ordinal);
        Assert.DoesNotContain("SECRET", string.Join('\n', report.Lines), StringComparison.Ordinal);
    }

    private async Task<DoctorReport> LookAsync(TimeSpan? patience = null)
    {
        Deployment deployment = _deployment = _azure.NewDeployment();
        var run = new DoctorRun(deployment, _ => { }, patience);
        if (await run.BeginAsync(Cancellation))
        {
            deployment.Account = _refused ?? _account;
            await run.LookAsync(Cancellation);
        }

        return run.Report;
    }

    private async Task BreakAsync(string fault)
    {
        string model = (await Models.GetBlobsAsync(new() { Prefix = "models/" }, Cancellation).FirstAsync(b => b.Name.EndsWith("config.json", StringComparison.Ordinal), Cancellation)).Name;
        switch (fault)
        {
            case "signed-out": _azure.SignedOut = true; break;
            case "tenant": _azure.Change($"/subscriptions/{FakeAzure.Subscription}", "tenant-dev", "tenant-other"); break;
            case "other-account": _azure.Set($"/subscriptions/{FakeAzure.Subscription}", """{"error":{"code":"SubscriptionNotFound","message":"no"}}""", 404); break;
            case "disabled": _azure.Change($"/subscriptions/{FakeAzure.Subscription}", "Enabled", "Disabled"); break;
            case "no-network": _azure.Dispose(); break;
            case "proxy": _azure.Set($"/subscriptions/{FakeAzure.Subscription}", "<html>"); break;
            case "no-group": _azure.Set($"/subscriptions/{FakeAzure.Subscription}/resourceGroups/{FakeAzure.Group}/resources", """{"error":{"code":"ResourceGroupNotFound","message":"no"}}""", 404); break;
            case "no-storage": _azure.Change($"/subscriptions/{FakeAzure.Subscription}/resourceGroups/{FakeAzure.Group}/resources", "\"type\":\"Microsoft.Storage/storageAccounts\"", "\"type\":\"none\""); break;
            case "no-images": await _account.Clients.Blobs.DeleteBlobContainerAsync("images", cancellationToken: Cancellation); break;
            case "no-table": await _account.Clients.Tables.DeleteTableAsync(_account.Options.LabelsTable, Cancellation); break;
            case "storage-role" or "storage-network":
                _azure.Refusal = fault == "storage-role" ? "AuthorizationPermissionMismatch" : "AuthorizationFailure";
                _refused = await StorageAccount.OpenAsync(OneAzurite.Terminal, _azure.ConnectionString, new DataFolder("none"), create: false, Cancellation);
                break;
            case "no-results": _azure.Change($"{FakeAzure.Storage}/blobServices/default/containers", "\"results\"", "\"others\""); break;
            case "no-queue": _azure.Set($"{FakeAzure.Storage}/queueServices/default/queues", FakeAzure.List([])); break;
            case "no-role": _azure.Change(FakeAzure.RoleAssignments, Cli.Doctor.Checks.Roles.Ids["Storage Queue Data Contributor"], "another"); break;
            case "no-policy": await Models.DeleteAsync(cancellationToken: Cancellation); break;
            case "pointer": await WriteAsync("policies/current.json", """{"current":"000000000000"}"""); break;
            case "changed-model": await WriteAsync(model, "{}"); break;
            case "garbled-model":
                IDictionary<string, string> metadata = (await Models.GetBlobClient(model).GetPropertiesAsync(cancellationToken: Cancellation)).Value.Metadata;
                metadata["files"] = "many";
                await Models.GetBlobClient(model).SetMetadataAsync(metadata, cancellationToken: Cancellation);
                break;
            case "lost-model": await Models.DeleteBlobAsync(model, cancellationToken: Cancellation); break;
            case "stopped": _azure.Change(FakeAzure.App, "Running", "Stopped"); break;
            case "no-function": _azure.Change($"{FakeAzure.App}/functions", "ClassifyWithTinyModel", "Another"); break;
            case "no-job-function": _azure.Change($"{FakeAzure.App}/functions", "WorkOnJobs", "Another"); break;
            case "unhealthy": _azure.Set(FakeAzure.HealthPath, """{"healthy":false,"error":"escalations: Service Bus refuses the app"}""", 503); break;
            case "crashed": _azure.Set(FakeAzure.HealthPath, "", 502); break;
            case "no-subscription": _azure.Set($"{FakeAzure.Topic}/eventSubscriptions", FakeAzure.List([])); break;
            case "filter": _azure.Change($"{FakeAzure.Topic}/eventSubscriptions", "/images/blobs/", "/images-old/"); break;
            case "dead-events": _azure.Set(FakeAzure.MetricPath("DeadLetteredCount"), FakeAzure.Total(7, "10:00")); break;
            case "dead-events-mended": _azure.Set(FakeAzure.MetricPath("DeadLetteredCount"), FakeAzure.Total(7, "08:00")); break;
            case "failing-again": _azure.Set(FakeAzure.MetricPath("DeliveryAttemptFailCount"), FakeAzure.Total(9, "10:00")); break;
            case "poisoned-job": _azure.Set(FakeAzure.QueuePath("jobs-poison"), """{"properties":{"approximateMessageCount":2}}"""); break;
            case "still-job":
                await _account.Jobs.TryInsertAsync(new() { Id = "night-1", Request = "{}", SubmittedAt = DateTimeOffset.UnixEpoch, Images = 64, Chunks = 1 }, Cancellation);
                _azure.Time.SetUtcNow((await _account.Jobs.GetAsync("night-1", Cancellation))!.MovedAt.AddMinutes(40));
                break;
            case "broken-guarantee": await WatchAsync(audits: 10, differing: 9); break;
            case "unseen-audits":
                await WatchAsync(audits: 1, differing: 0);
                await _account.Audits.AddAsync(Audit(differs: false) with { At = DateTimeOffset.UnixEpoch.AddHours(1) }, Cancellation);
                break;
            case "failing-events":
                _azure.Set(FakeAzure.MetricPath("DeliveryAttemptFailCount"), FakeAzure.Total(9));
                _azure.Set(FakeAzure.MetricPath("DeliverySuccessCount"), FakeAzure.Total(0));
                break;
            case "few-failures": _azure.Set(FakeAzure.MetricPath("DeliveryAttemptFailCount"), FakeAzure.Total(1)); break;
            case "queue-off": _azure.Change($"{FakeAzure.Bus}/queues/escalations", "Active", "ReceiveDisabled"); break;
            case "dead-letters": _azure.Change($"{FakeAzure.Bus}/queues/escalations", "\"deadLetterMessageCount\":0", "\"deadLetterMessageCount\":2"); break;
            case "revision": _azure.Set(FakeAzure.Revision, """{"properties":{"healthState":"Unhealthy","runningState":"Failed","provisioningError":"ImagePullFailure"}}"""); break;
            case "no-large": _azure.Change($"/subscriptions/{FakeAzure.Subscription}/resourceGroups/{FakeAzure.Group}/resources", "\"type\":\"Microsoft.App/containerApps\"", "\"type\":\"none\""); break;
            case "no-rule": _azure.Change(FakeAzure.Large, "azure-servicebus", "http"); break;
            case "other-queue": _azure.Change(FakeAzure.Large, "\"queueName\":\"escalations\"", "\"queueName\":\"others\""); break;
            case "scaler-of-a-new-app":
                await BreakAsync("scaler");
                _azure.Change(FakeAzure.Revision, "2026-08-05T08:00:00Z", "2026-08-05T11:20:00Z");
                break;
            case "scaler-before":
                _azure.Set(FakeAzure.Logs, """{"tables":[{"rows":[["error getting service bus entity length: 401 Unauthorized","2026-08-05T10:50:00Z"]]}]}""");
                break;
            case "scaler": _azure.Set(FakeAzure.Logs, """{"tables":[{"rows":[["error getting service bus entity length: 401 Unauthorized","2026-08-05T11:28:00Z"]]}]}"""); break;
            case "probe": _azure.Set(FakeAzure.Logs, """{"tables":[{"rows":[["Probe of StartUp failed with status code: 1"]]}]}"""); break;
            case "quota":
                _azure.Change(FakeAzure.Large, "\"Consumption\"", "\"gpu-t4\"");
                _azure.Change(FakeAzure.GpuUsage, "\"limit\":1", "\"limit\":0");
                break;
            case "no-quota":
                _azure.Change(FakeAzure.Large, "\"Consumption\"", "\"gpu-t4\"");
                _azure.Set(FakeAzure.GpuUsage, FakeAzure.List([]));
                break;
            case "telemetry": _azure.Set(FakeAzure.Logs, """{"tables":[{"rows":[[null]]}]}"""); break;
            case "forbidden": _azure.Set(FakeAzure.AlertsPath, """{"error":{"code":"AuthorizationFailed","message":"no"}}""", 403); break;
            case "other-policy": _azure.Set(FakeAzure.HealthPath, """{"healthy":true,"policy":"111111111111"}"""); break;
            case "alert":
                _azure.Set(FakeAzure.AlertsPath, FakeAzure.List(["""{"properties":{"essentials":{"monitorCondition":"Fired","startDateTime":"2026-08-05T09:00:00Z","alertRule":"/subscriptions/s/providers/x/alert-failure-rate-abc"}}}"""]));
                break;
            default: throw new ArgumentOutOfRangeException(nameof(fault), fault, "Nobody knows how to break this.");
        }
    }

    private async Task WatchAsync(int audits, int differing)
    {
        var watch = new GuaranteeWatch(new(0.005, Promised: true, AlarmAt: 20, null, null, []));
        for (int i = 0; i < audits; i++)
            watch.Add(Audit(differs: i < differing));

        Assert.True(await _account.Watches.TryWriteAsync(new(Audit(false).Policy, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, watch.State, Tag: null), Cancellation));
    }

    private static AuditRow Audit(bool differs) =>
        new(CascadeLoader.ReadPolicy(Path.Combine(RepositoryPaths.Samples, "cascade.json")).Id, DateTimeOffset.UnixEpoch, "a", default, new(0), differs ? 1 : 0, "", 0, "", 1);

    private async Task WriteAsync(string blob, string text) => await Models.GetBlobClient(blob).UploadAsync(BinaryData.FromString(text), overwrite: true, Cancellation);
}
