using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Specialized;
using TinySaver.Cli.Accounts;
using TinySaver.Cli.Doctor;
using TinySaver.Cli.Policies;
using TinySaver.Core.Failures;
using TinySaver.Core.Labels;
using TinySaver.Pipeline.Images;

namespace TinySaver.Cli.Tests.Doctor;

/// <summary>The doctor's canaries on an Azurite, where the tests stand for the pipeline.</summary>
public sealed class CanaryTests(OneAzurite azurite) : IClassFixture<OneAzurite>, IAsyncLifetime
{
    private readonly FakeAzure _azure = new();
    private StorageAccount _account = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _account = await azurite.OpenAsync();
        await _account.Models.DeleteIfExistsAsync(cancellationToken: Cancellation);
        await new PolicyPublisher(Path.Combine(RepositoryPaths.Samples, "cascade.json"))
            .PublishAsync(_account, _ => { }, new StoragePatience(OneAzurite.Terminal, _account), Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        _azure.Dispose();
        await _account.DisposeAsync();
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
        await _account.Models.GetBlobClient("policies/current.json").UploadAsync(BinaryData.FromString("{}"), overwrite: true, Cancellation);

        DoctorLine line = Assert.Single(await FlyAsync(_ => { }));

        Assert.Equal(("canary", Verdict.Broken), (line.Check, line.Verdict));
        Assert.Contains("names no policy", line.Seen, StringComparison.Ordinal);
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
        Assert.NotNull(await _account.Labels.TryInsertAsync(become(new LabelRow(name, version)), Cancellation));
    }).GetAwaiter().GetResult();

    private ValueTask<List<ListedImage>> CanariesAsync() => _account.Images.ListAsync(Canary.Batch, Cancellation).ToListAsync(Cancellation);
}
