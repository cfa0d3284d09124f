using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using SkiaSharp;
using TinySaver.Calibration.Watch;
using TinySaver.Cli.Accounts;
using TinySaver.Cli.Policies;
using TinySaver.Cli.Recalibrate;
using TinySaver.Core.Audits;
using TinySaver.Core.Cascade;
using TinySaver.Core.Escalations;
using TinySaver.Core.Labels;
using TinySaver.Inference.Cascades;
using TinySaver.Inference.Models;
using TinySaver.Pipeline;
using TinySaver.Pipeline.Audits;
using TinySaver.Pipeline.Cascades;
using TinySaver.Pipeline.Escalations;
using TinySaver.Pipeline.Images;
using TinySaver.Pipeline.Stages;

namespace TinySaver.Cli.Tests.Recalibrate;

/// <summary>The worked example of docs/lifecycle.md: both stages on an Azurite with the samples' models, at first on frames of the usual camera, then on those of a new one that sees less light and other colours.</summary>
public sealed class LifecycleSpecs(OneAzurite azurite) : IClassFixture<OneAzurite>, IAsyncLifetime
{
    private static readonly string[] Frames =
        [.. Directory.EnumerateFiles(Path.Combine(RepositoryPaths.Samples, "images"), "*.jpg", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    // What the new camera leaves of red, green and blue.
    private static readonly SKColorFilter NewCamera = SKColorFilter.CreateColorMatrix([0.6f, 0, 0, 0, 0, 0, 0.5f, 0, 0, 0, 0, 0, 0.9f, 0, 0, 0, 0, 0, 1, 0]);

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 2, 6, 0, 0, TimeSpan.Zero));
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tinysaver-lifecycle-");
    private StorageAccount _account = null!;
    private ServiceProvider _pipeline = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _account = await azurite.OpenAsync();
        await new PolicyPublisher(Path.Combine(RepositoryPaths.Samples, "cascade.json"))
            .PublishAsync(_account, _ => { }, new StoragePatience(OneAzurite.Terminal, _account), Cancellation);
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["TinySaver:Storage:ConnectionString"] = azurite.ConnectionString,
            ["TinySaver:Cascade:CacheFolder"] = Path.Combine(_folder.FullName, "models"),
            ["TinySaver:Pipeline:AuditShare"] = "1",
        }).Build();
        _pipeline = new ServiceCollection().AddLogging().AddSingleton<TimeProvider>(_time)
            .AddLocalPipeline(configuration).AddAzureStorage(configuration).AddStorageEscalations().BuildServiceProvider();
    }

    public async ValueTask DisposeAsync()
    {
        await _pipeline.DisposeAsync();
        await _account.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task ADriftIsNoticedAndMended()
    {
        GuaranteeReport healthy = await LabelAsync("usual", Frames, [(false, false), (true, false)], filter: null);
        Assert.Equal((GuaranteeState.Holds, 280L), (healthy.State, healthy.Counts.Audits));

        GuaranteeReport drifted = await LabelAsync("new", [.. Frames.Where((_, i) => i % 2 == 0)], [(false, false), (true, false), (false, true), (true, true)], NewCamera);
        Assert.Equal(GuaranteeState.Broken, drifted.State);
        Assert.InRange(drifted.Counts.ChangeAt!.Value, healthy.Counts.LastAt!.Value.AddMinutes(-1), drifted.Counts.BrokenSince!.Value);

        // A person looks at the differences: now a difference counts for what it is. A further candidate sees the images, which are downloaded for it.
        await ReviewAsync();
        (int code, string text) = await RecalibrateAsync("reviewed.json", "--with-reviews", "--candidate", Path.Combine(RepositoryPaths.Samples, "models", "tiny-m"));
        Assert.Equal(0, code);
        Assert.Contains("reviews counted as labels", text, StringComparison.Ordinal);
        Assert.Equal(RiskKind.AccuracyDrop, CascadeLoader.ReadPolicy(Path.Combine(_folder.FullName, "reviewed.json")).Guarantee!.Risk);
        Assert.NotEmpty(Directory.EnumerateFiles(Path.Combine(_folder.FullName, "cache", "audits"), "*", SearchOption.AllDirectories));

        // Without labels the promise is about disagreement.
        (code, text) = await RecalibrateAsync("recalibrated.json", "--publish");
        Assert.Equal(0, code);
        Assert.Contains("published to", text, StringComparison.Ordinal);
        Assert.Equal(7, CascadeLoader.ReadPolicy(Path.Combine(_folder.FullName, "recalibrated.json")).Test!.Classes!.Count);

        Assert.True(await _pipeline.GetRequiredService<CascadeHost>().RefreshAsync(Cancellation));
        GuaranteeReport mended = await LabelAsync("later", [.. Frames.Where((_, i) => i % 2 != 0)], [(false, false), (true, true)], NewCamera);
        Assert.Equal(140, mended.Counts.Audits);
        Assert.InRange(mended.Differing!.Value, 0, 0.05);
        Assert.NotEqual(GuaranteeState.Broken, mended.State);
        Assert.InRange(mended.ExitRate!.Value, 0.1, drifted.ExitRate!.Value);
    }

    private Task<(int Code, string Text)> RecalibrateAsync(string policy, params string[] more) => OneCommand.RunAsync(RecalibrateCommand.Create,
    [
        "--storage", azurite.ConnectionString, "--epsilon", "0.03", "--holdout", "0.25", "--out", Path.Combine(_folder.FullName, policy),
        "--cache", Path.Combine(_folder.FullName, "cache"), .. more,
    ]);

    // The frames lie in folders of their classes.
    private async Task ReviewAsync()
    {
        string id = (await _account.Policies.ReadPointerAsync(Cancellation))!.Value.Pointer.Current;
        IReadOnlyList<string> labels = ModelFolder.ReadLabels(Path.Combine(RepositoryPaths.Samples, "models", "large")).Texts;
        await foreach (AuditRow audit in _account.Audits.ReadAsync(id, DateTimeOffset.MinValue, DateTimeOffset.MaxValue, evidence: false, Cancellation).Where(a => a.Differs))
        {
            string truth = Path.GetFileName(Path.GetDirectoryName(Frames.Single(f => Path.GetFileName(f) == Path.GetFileName(audit.Name))))!;
            await _account.Reviews.WriteAsync(new(audit.Name, audit.Version.ETag, labels.ToList().IndexOf(truth), truth, "tests", DateTimeOffset.UnixEpoch), Cancellation);
        }
    }

    // Both stages, as quick as they are, in ten minutes of the clock; then the watch looks.
    private async Task<GuaranteeReport> LabelAsync(string batch, string[] frames, (bool X, bool Y)[] flips, SKColorFilter? filter)
    {
        TinyStage tiny = _pipeline.GetRequiredService<TinyStage>();
        LargeStage large = _pipeline.GetRequiredService<LargeStage>();
        IEscalations queue = _pipeline.GetRequiredService<IEscalations>();

        // Classes mixed, as a camera sees them; folder by folder each hour would have its own mix.
        (string Name, byte[] Content)[] images =
            [.. flips.SelectMany(flip => frames.OrderBy(Path.GetFileName, StringComparer.Ordinal).Select(f => ($"{batch}/{flip}/{Path.GetFileName(f)}", Draw(f, flip, filter))))];
        foreach ((string Name, byte[] Content)[] some in images.Chunk(28))
        {
            await Parallel.ForEachAsync(some, Cancellation, async (image, token) =>
            {
                ImageVersion version = await _account.Images.UploadAsync(image.Name, new MemoryStream(image.Content), [], token);
                await tiny.ProcessAsync(new ImageReference(image.Name, version.ETag), token);
            });
            while (await queue.ReceiveAsync(32, Cancellation) is { Count: > 0 } messages)
            {
                await large.ProcessAsync([.. messages.Select(m => EscalationJson.Read(m.Body))], null, Cancellation);
                foreach (IEscalationMessage message in messages)
                    await message.SettleAsync(Settlement.Complete, Cancellation);
            }

            _time.Advance(TimeSpan.FromMinutes(1));
        }

        _time.Advance(GuaranteeWatcher.Settles);
        return (await _pipeline.GetRequiredService<GuaranteeWatcher>().LookAsync(Cancellation))!;
    }

    private static byte[] Draw(string path, (bool X, bool Y) flip, SKColorFilter? filter)
    {
        if (flip == default && filter is null)
            return File.ReadAllBytes(path);

        using var frame = SKBitmap.Decode(path);
        using var drawn = new SKBitmap(frame.Width, frame.Height);
        using var canvas = new SKCanvas(drawn);
        using var paint = new SKPaint { ColorFilter = filter };
        canvas.Scale(flip.X ? -1 : 1, flip.Y ? -1 : 1, frame.Width / 2f, frame.Height / 2f);
        canvas.DrawBitmap(frame, 0, 0, SKSamplingOptions.Default, paint);
        using SKData data = drawn.Encode(SKEncodedImageFormat.Jpeg, 95);
        return data.ToArray();
    }
}
