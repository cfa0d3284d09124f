using System.Text.Json;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using TinySaver.Calibration.Watch;
using TinySaver.Cli.Accounts;
using TinySaver.Cli.Policies;
using TinySaver.Core.Cascade;
using TinySaver.Core.Failures;
using TinySaver.Inference.Models;
using TinySaver.Pipeline.Audits;

namespace TinySaver.Cli.Tests.Policies;

public sealed class PolicyCommandTests(OneAzurite azurite) : IClassFixture<OneAzurite>, IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private StorageAccount _account = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _account = await azurite.OpenAsync();
        await _account.Models.DeleteIfExistsAsync(cancellationToken: Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        _folder.Dispose();
        await _account.DisposeAsync();
    }

    [Fact]
    public async Task Publish_TwoPoliciesThenRollback_MovesThePointerAndKeepsBoth()
    {
        string policy = Copy();
        string first = Read(policy).Id;
        (_, string published) = await RunAsync("publish", policy);
        Change(policy, 0.5);
        string second = Read(policy).Id;
        (_, string again) = await RunAsync("publish", policy);
        (_, string back) = await RunAsync("rollback");
        (_, string list) = await RunAsync("list");

        Assert.Contains($"Policy {first} is the current one of devstoreaccount1: tiny-l ≥ 0.93 (max-probability), else large. It is the first.", published, StringComparison.Ordinal);
        Assert.Contains($"Policy {second} is the current one", again, StringComparison.Ordinal);
        Assert.Contains($"Policy {first} is the current one of devstoreaccount1: tiny-l ≥ 0.93 (max-probability), else large. Before: {second}.", back, StringComparison.Ordinal);
        string[] rows = [.. list.Split('\n').Where(l => l.Contains("tiny-l", StringComparison.Ordinal))];
        Assert.Equal(2, rows.Length);
        Assert.Contains(first, Assert.Single(rows, r => r.Contains("current", StringComparison.Ordinal)), StringComparison.Ordinal);

        TinySaverException unknown = await Assert.ThrowsAsync<TinySaverException>(() => RunAsync("rollback", "000000000000"));
        Assert.Contains("has no policy '000000000000'", unknown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Publish_ModelThatIsNotThePolicys_IsRefused()
    {
        string policy = Copy();
        Assert.Equal(0, (await RunAsync("publish", policy, "--dry-run")).ExitCode);
        File.AppendAllText(Path.Combine(_folder.Path, "models", "large", "config.json"), " ");

        InvalidPolicyException refused = await Assert.ThrowsAsync<InvalidPolicyException>(() => RunAsync("publish", policy, "--dry-run"));

        Assert.Contains("the model was changed after its threshold was chosen", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Publish_DryRunWithJson_PrintsOneObjectAndNothingElse()
    {
        string policy = Copy();

        TinySaverProcess.Result run = await TinySaverProcess.RunAsync(null, "policy", "publish", policy, "--dry-run", "--json");

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        JsonElement summary = JsonDocument.Parse(run.Output).RootElement;
        Assert.Equal((Read(policy).Id, JsonValueKind.Null, 0), (summary.GetProperty("policy").GetString(), summary.GetProperty("previous").ValueKind, summary.GetProperty("bytes").GetInt32()));
    }

    [Fact]
    public async Task Publish_Again_UploadsNothing()
    {
        string policy = Copy();
        PublishSummary first = await PublishAsync(policy), second = await PublishAsync(policy);

        Assert.Equal(Directory.EnumerateFiles(Path.Combine(_folder.Path, "models"), "*", SearchOption.AllDirectories).Sum(f => new FileInfo(f).Length), first.Bytes);
        Assert.Equal(first with { Bytes = 0 }, second);
    }

    [Theory]
    [InlineData("other-content")]
    [InlineData("other-metadata")]
    [InlineData("gone")]
    public async Task Publish_FileOfAModelThatWasSpoilt_IsUploadedAgain(string fault)
    {
        string policy = Copy();
        await PublishAsync(policy);
        BlobClient spoilt = await SpoilAsync(fault);
        Assert.NotNull(await StoredModel.ProblemAsync(_account.Models, await CurrentAsync(), Cancellation));

        PublishSummary again = await PublishAsync(policy);

        Assert.Equal((await spoilt.GetPropertiesAsync(cancellationToken: Cancellation)).Value.ContentLength, again.Bytes);
        Assert.Null(await StoredModel.ProblemAsync(_account.Models, await CurrentAsync(), Cancellation));
    }

    [Fact]
    public async Task Rollback_OfTheFirstPolicy_SaysThatThereWasNoneBefore()
    {
        await PublishAsync(Copy());

        TinySaverException refused = await Assert.ThrowsAsync<TinySaverException>(() => RunAsync("rollback"));

        Assert.Contains("has had no policy before the current one. `tinysaver policy list` shows all; name one.", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("other-content", "is not the file that was published with the policy. Publish it anew with `tinysaver policy publish`.")]
    [InlineData("gone", "of its 4 files. Publish it anew")]
    [InlineData("policy", "cannot be read by this version, nor by its apps.")]
    public async Task Rollback_ToAPolicyThatCannotBeUsed_IsRefusedAndChangesNothing(string fault, string message)
    {
        string policy = Copy();
        string first = (await PublishAsync(policy)).Policy;
        Change(policy, 0.5);
        string second = (await PublishAsync(policy)).Policy;
        if (fault == "policy")
            await _account.Models.GetBlobClient(_account.Policies.BlobOf(first)).UploadAsync(BinaryData.FromString("{}"), overwrite: true, Cancellation);
        else
            await SpoilAsync(fault);

        TinySaverException refused = await Assert.ThrowsAnyAsync<TinySaverException>(() => RunAsync("rollback"));

        Assert.Contains(message, refused.Message, StringComparison.Ordinal);
        Assert.Equal(second, (await _account.Policies.ReadPointerAsync(Cancellation))?.Pointer.Current);
    }

    [Fact]
    public async Task RestartWatch_AfterAnAlarm_SaysHowItStoodAndKeepsIt()
    {
        await _account.Audits.EnsureCreatedAsync(Cancellation);
        TinySaverException none = await Assert.ThrowsAsync<TinySaverException>(() => RunAsync("restart-watch", "000000000000"));
        var plan = new WatchPlan(0.005, true, 20, null, null, []);
        var alarm = new WatchState(plan, new() { Audits = 9, Differences = 4, BrokenSince = DateTimeOffset.UnixEpoch }, [new double[7]]);
        Assert.True(await _account.Watches.TryWriteAsync(new("aaaaaaaaaaaa", DateTimeOffset.UnixEpoch.AddDays(1), DateTimeOffset.UnixEpoch, alarm, Tag: null), Cancellation));
        Assert.True(await _account.Watches.TryWriteAsync(new("bbbbbbbbbbbb", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, alarm, Tag: null), Cancellation));

        (int code, string text) = await RunAsync("restart-watch");

        Assert.Equal(0, code);
        Assert.Contains("The guarantee of policy aaaaaaaaaaaa is watched anew. Before: broken. 4 of 9 audits differ", text, StringComparison.Ordinal);
        Assert.Contains("no policy '000000000000'", none.Message, StringComparison.Ordinal);
        StoredWatch anew = (await _account.Watches.GetAsync("aaaaaaaaaaaa", Cancellation))!;
        Assert.Equal((GuaranteeState.Unknown, GuaranteeState.Broken, Environment.UserName), (anew.Report.State, anew.Restarts[0].State, anew.Restarts[0].By));
        Assert.Equal(GuaranteeState.Broken, (await _account.Watches.GetAsync("bbbbbbbbbbbb", Cancellation))!.Report.State);
    }

    private async Task<PublishSummary> PublishAsync(string policy) =>
        await new PolicyPublisher(policy).PublishAsync(_account, _ => { }, new StoragePatience(OneAzurite.Terminal, _account), Cancellation);

    private async Task<CascadePolicy> CurrentAsync() =>
        (await _account.Policies.ListAsync(Cancellation)).Single(p => p.Id == Read(Path.Combine(_folder.Path, "cascade.json")).Id).Policy!;

    // One file of a model.
    private async Task<BlobClient> SpoilAsync(string fault)
    {
        BlobItem item = await _account.Models.GetBlobsAsync(new() { Prefix = "models/", Traits = BlobTraits.Metadata }, Cancellation)
            .FirstAsync(b => b.Name.EndsWith("config.json", StringComparison.Ordinal), Cancellation);
        BlobClient blob = _account.Models.GetBlobClient(item.Name);
        await (fault switch
        {
            "gone" => blob.DeleteAsync(cancellationToken: Cancellation),
            "other-metadata" => (Task)blob.SetMetadataAsync(new Dictionary<string, string>(item.Metadata) { ["model"] = "another" }, cancellationToken: Cancellation),
            _ => blob.UploadAsync(BinaryData.FromString("{}"), overwrite: true, Cancellation),
        });
        return blob;
    }

    private static CascadePolicy Read(string path) => CascadePolicyJson.Parse(File.ReadAllText(path), path);

    private static void Change(string path, double threshold) =>
        File.WriteAllText(path, CascadePolicyJson.Write(Read(path) with { Savers = [Read(path).Savers[0] with { Threshold = threshold }] }));

    // A policy with its models in a folder of its own, to be changed.
    private string Copy()
    {
        return _folder.Write("cascade.json", $$"""
            {
              "version": 1,
              "savers": [ { "model": {{Model("tiny-l")}}, "measure": "max-probability", "threshold": 0.93 } ],
              "large": {{Model("large")}}
            }
            """);

        string Model(string name)
        {
            string folder = Path.Combine("models", name);
            _folder.CopySampleModel(name, folder);
            return $$"""{ "folder": "models/{{name}}", "sha256": "{{ModelFolder.Open(Path.Combine(_folder.Path, folder)).ContentHash}}" }""";
        }
    }

    private Task<(int ExitCode, string Text)> RunAsync(string command, params string[] arguments) =>
        OneCommand.RunAsync(PolicyCommand.Create, [command, .. arguments, "--storage", azurite.ConnectionString]);
}
