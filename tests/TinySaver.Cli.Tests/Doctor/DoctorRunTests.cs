using System.Text.RegularExpressions;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Specialized;
using Spectre.Console;
using TinySaver.Cli.Accounts;
using TinySaver.Cli.Doctor;
using TinySaver.Cli.Output;
using TinySaver.Cli.Policies;
using TinySaver.Core.Failures;
using TinySaver.Core.Labels;
using TinySaver.Pipeline.Images;
using TinySaver.Pipeline.Storage;

namespace TinySaver.Cli.Tests.Doctor;

/// <summary>The doctor on a deployment of a fake Resource Manager and an Azurite: each thing that can be broken is broken once.</summary>
public sealed class DoctorRunTests(OneAzurite azurite) : IClassFixture<OneAzurite>, IAsyncLifetime
{
    private readonly FakeAzure _azure = new();
    private readonly Terminal _terminal = new(AnsiConsole.Console, AnsiConsole.Console, showsLiveProgress: false);
    private StorageAccount _account = null!;
    private StorageAccount? _refused;
    private Deployment? _deployment;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private TableClient Jobs => _account.Clients.Tables.GetTableClient(_account.Options.JobsTable);

    private BlobContainerClient Models => _account.Models;

    public async ValueTask InitializeAsync()
    {
        _account = await StorageAccount.OpenAsync(_terminal, azurite.ConnectionString, new DataFolder("none"), create: false, Cancellation);
        await _account.EnsureCreatedAsync(Cancellation);
        await Jobs.DeleteEntityAsync("night-1", "job", cancellationToken: Cancellation);
        await Models.DeleteIfExistsAsync(cancellationToken: Cancellation);
        PublishSummary published = await new PolicyPublisher(Path.Combine(RepositoryPaths.Samples, "cascade.json"))
            .PublishAsync(_account, _ => { }, new StoragePatience(_terminal, _account), Cancellation);
        _azure.Change(FakeAzure.HealthPath, "POLICY", published.Policy);
    }

    public async ValueTask DisposeAsync()
    {
        _azure.Dispose();
        await _account.DisposeAsync();
    }

    [Fact]
    public async Task LookAsync_AllIsWell_SaysSoOfEachThingInTheOrderOfTheData()
    {
        DoctorReport report = await LookAsync();

        Assert.Empty(report.Lines.Where(l => l.Verdict is not (Verdict.Ok or Verdict.NotHere)).Select(l => $"{l.Check}: {l.Seen}"));
        Assert.True(report.Healthy);
        Assert.Equal("https://stabc.blob.core.windows.net/", _deployment!.StorageUrl);
        Assert.Equal(DoctorRun.First.Concat(DoctorRun.Checks).Select(c => c.Name), report.Lines.Select(l => l.Check));
        Assert.Equal(["GPU"], report.Lines.Where(l => l.Verdict == Verdict.NotHere).Select(l => l.Check));
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

    [Fact]
    public async Task Canary_NobodyLabels_IsBrokenAtItsFirstHopAndRemoved()
    {
        IReadOnlyList<DoctorLine> lines = await FlyAsync(_ => { });

        Assert.Equal(["canary: sure", "canary: unsure", "canary: removed"], lines.Select(l => l.Check));
        Assert.All(lines.Take(2), l => Assert.Contains("without a row 0.5 s after its upload", l.Seen, StringComparison.Ordinal));
        Assert.Equal([Verdict.Broken, Verdict.Broken, Verdict.Ok], lines.Select(l => l.Verdict));
        Assert.Empty(await CanariesAsync());
    }

    [Theory]
    [InlineData(LabelStatus.Failed, "uploaded, failed after", "(damaged): The file ends early. → The reason says what to mend")]
    [InlineData(LabelStatus.Escalated, "escalated after", "and without a label 0.5 s after its upload → The large app does not work")]
    public async Task Canary_ThatGetsNoLabel_IsBrokenWhereItStopped(LabelStatus status, string hop, string sentence)
    {
        IReadOnlyList<DoctorLine> lines = await FlyAsync(name => WriteRow(name, row => row with
        {
            Status = status,
            Reason = status == LabelStatus.Failed ? FailureReason.Damaged : null,
            ReasonDetail = "The file ends early.",
        }));

        Assert.Equal([Verdict.Broken, Verdict.Broken, Verdict.Ok], lines.Select(l => l.Verdict));
        Assert.All(lines.Take(2), l => Assert.StartsWith(hop, l.Seen, StringComparison.Ordinal));
        Assert.All(lines.Take(2), l => Assert.Contains(sentence, $"{l.Seen} → {l.ToDo}", StringComparison.Ordinal));
        Assert.Empty(await _account.Labels.QueryAsync(new(Canary.Batch), Cancellation).ToListAsync(Cancellation));
    }

    [Fact]
    public async Task Canary_OneThatCannotBeRemoved_IsNamedAndKeepsNoOther()
    {
        BlobContainerClient images = _account.Clients.Blobs.GetBlobContainerClient(_account.Options.ImagesContainer);

        IReadOnlyList<DoctorLine> lines = await FlyAsync(name =>
        {
            WriteRow(name, row => row with { Status = LabelStatus.Failed });
            if (name.Contains("/sure", StringComparison.Ordinal))
                images.GetBlobClient(name).GetBlobLeaseClient().Acquire(BlobLeaseClient.InfiniteLeaseDuration);
        });

        BlobClient left = images.GetBlobClient(Assert.Single(await CanariesAsync()).Name);
        await left.GetBlobLeaseClient().BreakAsync(TimeSpan.Zero, cancellationToken: Cancellation);
        await left.DeleteAsync(cancellationToken: Cancellation);
        Assert.Contains("/sure", left.Name, StringComparison.Ordinal);
        Assert.Equal(("canary: removed", Verdict.Warning), (lines[^1].Check, lines[^1].Verdict));
        Assert.Contains("Storage answered 412 LeaseIdMissing", lines[^1].Seen, StringComparison.Ordinal);
        Assert.Empty(await _account.Labels.QueryAsync(new(Canary.Batch), Cancellation).ToListAsync(Cancellation));
    }

    [Fact]
    public async Task Canary_PolicyThatCannotBeUsed_IsBroken()
    {
        await WriteAsync("policies/current.json", "{}");

        DoctorLine line = Assert.Single(await FlyAsync(_ => { }));

        Assert.Equal(("canary", Verdict.Broken), (line.Check, line.Verdict));
        Assert.Contains("names no policy", line.Seen, StringComparison.Ordinal);
    }

    [Fact]
    public void Constants_AreThoseOfInfrastructureAndApps()
    {
        string infra = string.Concat(Directory.EnumerateFiles(Path.Combine(RepositoryPaths.Root, "infra"), "*.bicep", SearchOption.AllDirectories).Select(File.ReadAllText));

        Assert.All(Cli.Doctor.Checks.Roles.Ids.Values, id => Assert.Contains($"'{id}'", infra, StringComparison.Ordinal));
        Assert.All(
            ((string Type, string Version)[])
            [
                ("Microsoft.Web/sites", ApiVersions.App), ("Microsoft.App/containerApps", ApiVersions.ContainerApp), ("Microsoft.EventGrid/systemTopics", ApiVersions.EventGrid),
                ("Microsoft.ManagedIdentity/userAssignedIdentities", ApiVersions.Identity), ("Microsoft.Authorization/roleAssignments", ApiVersions.Role),
                ("Microsoft.ServiceBus/namespaces", ApiVersions.ServiceBus), ("Microsoft.Storage/storageAccounts", ApiVersions.Storage),
            ],
            a => Assert.Contains($"'{a.Type}@{a.Version}'", infra, StringComparison.Ordinal));
        Assert.Contains(Cli.Doctor.Checks.EventSubscription.Subject.Replace("images", "${imagesContainer}", StringComparison.Ordinal), infra, StringComparison.Ordinal);
        Assert.Equal(Cli.Doctor.Checks.Alerts.Expected, infra.Split("resource ").Count(r => r.Contains("'Microsoft.Insights/metricAlerts@", StringComparison.Ordinal) || r.Contains("'Microsoft.Insights/scheduledQueryRules@", StringComparison.Ordinal)));
        Assert.Contains($"var jobMinutes = {Cli.Doctor.Checks.BatchJobs.LongestStandstill.TotalMinutes}\n", infra, StringComparison.Ordinal);
    }

    // Both ways: what is made is looked for, and what is looked for is made.
    [Fact]
    public void Expected_IsWhatTheInfrastructureMakesAndTheAppHas()
    {
        string storage = File.ReadAllText(Path.Combine(RepositoryPaths.Root, "infra", "modules", "storage.bicep"));

        Assert.All(Cli.Doctor.Checks.Containers.Expected, e => Assert.Equal(
            Regex.Matches(storage.Split($"var {e.Kind[..^1]}Names = [")[1].Split(']')[0], "'(.+?)'").Select(m => m.Groups[1].Value).Order(), e.Names.Order()));
        string[] functions = [.. Directory.EnumerateFiles(Path.Combine(RepositoryPaths.Root, "src", "TinySaver.Functions.Tiny"), "*.cs")
            .SelectMany(f => Regex.Matches(File.ReadAllText(f), @"\[Function\(nameof\((\w+)\)\)\]")).Select(m => m.Groups[1].Value)];
        Assert.Equal(functions.Where(f => f != "ClassifyWithTinyModelByPolling").Order(StringComparer.Ordinal), Cli.Doctor.Checks.Functions.Expected.Order(StringComparer.Ordinal));
    }

    // What the options name of storage, so that one more of them cannot be forgotten. The escalations' queue is Service Bus's in Azure.
    [Fact]
    public void Expected_HasEveryNameOfTheStorageOptions() => Assert.All(
        typeof(StorageOptions).GetProperties().Where(p => p.Name != nameof(StorageOptions.EscalationsQueue)),
        p => Assert.All(
            Cli.Doctor.Checks.Containers.Expected.Where(e => $"{e.Kind[..^1]}".Equals(Regex.Match(p.Name, "[A-Z][a-z]+$").Value, StringComparison.OrdinalIgnoreCase)),
            e => Assert.Contains((string)p.GetValue(new StorageOptions())!, e.Names)));

    [Fact]
    public void Documentation_HasARowForEachCheckInTheirOrder()
    {
        string[] rows = [.. File.ReadAllLines(Path.Combine(RepositoryPaths.Root, "docs", "deploy.md")).SkipWhile(l => !l.StartsWith("| check |", StringComparison.Ordinal)).Skip(2).TakeWhile(l => l.Length > 0)];

        Assert.Equal([.. DoctorRun.First.Concat(DoctorRun.Checks).Select(c => c.Name), "canary: sure", "canary: unsure"], rows.Select(r => r.Split('|')[1].Trim()));
        Assert.All(Faults.Select(f => f.Data.Item2).Distinct().Where(c => c != "alerts"), c => Assert.Contains('*', rows.Single(r => r.StartsWith($"| {c} |", StringComparison.Ordinal))));
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
                _refused = await StorageAccount.OpenAsync(_terminal, _azure.ConnectionString, new DataFolder("none"), create: false, Cancellation);
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

    private async Task<IReadOnlyList<DoctorLine>> FlyAsync(Action<string> uploaded)
    {
        Deployment deployment = _azure.NewDeployment();
        deployment.Account = _account;
        var canary = new Canary(deployment, new(Images: null, PolicyPath: null, TimeSpan.FromMilliseconds(500)), said =>
        {
            if (said.EndsWith("is uploaded", StringComparison.Ordinal))
                uploaded(said.Split('\'')[1]);
        });
        return await canary.RunAsync(Cancellation);
    }

    // In place of the pipeline, and done before the canary looks for the first time.
    private void WriteRow(string name, Func<LabelRow, LabelRow> become) => Task.Run(async () =>
    {
        ImageVersion version = (await _account.Images.GetVersionAsync(name, Cancellation))!.Value;
        Assert.True(await _account.Labels.TryInsertAsync(become(new LabelRow(name, version)), Cancellation));
    }).GetAwaiter().GetResult();

    private ValueTask<List<ListedImage>> CanariesAsync() => _account.Images.ListAsync(Canary.Batch, Cancellation).ToListAsync(Cancellation);

    private async Task WriteAsync(string blob, string text) => await Models.GetBlobClient(blob).UploadAsync(BinaryData.FromString(text), overwrite: true, Cancellation);
}
