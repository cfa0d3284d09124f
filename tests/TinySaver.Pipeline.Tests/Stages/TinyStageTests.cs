using TinySaver.Core.Escalations;
using TinySaver.Core.Failures;
using TinySaver.Core.Labels;
using TinySaver.Pipeline.Escalations;
using TinySaver.Pipeline.Images;
using TinySaver.Pipeline.Stages;

namespace TinySaver.Pipeline.Tests.Stages;

public sealed class TinyStageTests : IAsyncDisposable
{
    private readonly TestCascade _cascade = new();
    private readonly MemoryPipeline _pipeline;

    public TinyStageTests() => _pipeline = new MemoryPipeline(_cascade);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _pipeline.DisposeAsync();
        _cascade.Dispose();
    }

    [Fact]
    public async Task ProcessAsync_ConfidentImage_IsLabelledAndNotEscalated()
    {
        TinyResult result = await _pipeline.LabelAsync("a.bmp", TestImages.Green);

        Assert.Equal(TinyOutcome.Labelled, result.Outcome);
        LabelRow row = (await _pipeline.RowAsync("a.bmp"))!;
        Assert.Equal(("green", 1, Decider.Tiny, LabelStatus.Labelled), (row.Label, row.ClassIndex, row.DecidedBy, row.Status));
        Assert.InRange(row.Confidence!.Value, 0.99, 1);
        Assert.Equal(row.Confidence, row.TinyConfidence);
        Assert.Equal(_cascade.Policy.Id, row.Policy);
        Assert.Equal(_cascade.Policy.Savers[0].Model.Sha256![..12], row.TinyModel);
        Assert.Equal(3, row.TopK.Count);
        Assert.Null(row.LargeLabel);
        Assert.False(row.Shadow || row.Degraded);
        Assert.Equal(0, await _pipeline.Queue.GetBacklogAsync(Cancellation));
    }

    [Fact]
    public async Task ProcessAsync_UnsureImage_IsEscalatedWithItsRow()
    {
        ImageVersion version = await _pipeline.UploadAsync("b/a.bmp", TestImages.Unsure);

        TinyResult result = await _pipeline.Tiny.ProcessAsync(new ImageReference("b/a.bmp", version.ETag), Cancellation);

        Assert.Equal(TinyOutcome.Escalated, result.Outcome);
        LabelRow row = (await _pipeline.RowAsync("b/a.bmp"))!;
        Assert.Equal((LabelStatus.Escalated, null, null, "red"), (row.Status, row.Label, row.DecidedBy, row.TinyLabel));
        Escalation message = EscalationJson.Read(Assert.Single(await _pipeline.Queue.ReceiveAsync(10, Cancellation)).Body);
        Assert.Equal(("images", "b/a.bmp", version, _cascade.Policy.Id, false), (message.Container, message.Name, message.Version, message.Policy, message.Shadow));
        Assert.Equal(("red", row.TinyConfidence, row.TinyModel), (message.Tiny!.Label, message.Tiny.Confidence, message.Tiny.Model));
    }

    [Fact]
    public async Task ProcessAsync_Chain_NamesTheSaverThatAnswered()
    {
        _cascade.WriteChain();

        TinyResult result = await _pipeline.LabelAsync("a.bmp", TestImages.Unsure);

        Assert.Equal(("red", _cascade.Policy.Large.Sha256![..12]), (result.Row!.Label, result.Row.TinyModel));
    }

    [Fact]
    public async Task ProcessAsync_PolicyWithoutSaver_EscalatesEverything()
    {
        _cascade.WritePolicy(0, withSaver: false);

        TinyResult result = await _pipeline.LabelAsync("a.bmp", TestImages.Red);

        Assert.Equal(TinyOutcome.Escalated, result.Outcome);
        Assert.Equal(EscalationOutcome.Labelled, Assert.Single(await _pipeline.PumpAsync()).Outcome);
        LabelRow row = (await _pipeline.RowAsync("a.bmp"))!;
        Assert.Equal(("red", Decider.Large, null), (row.Label, row.DecidedBy, row.TinyLabel));
    }

    [Fact]
    public async Task ProcessAsync_NameThatNoClientCanAskFor_HasAFailedRowAndAsksForNothing()
    {
        // What a web address makes of the name is another image.
        await _pipeline.UploadAsync("b.bmp", TestImages.Green);
        _pipeline.Faults.Outage = operation => operation.StartsWith("images", StringComparison.Ordinal);
        var image = new ImageReference("a/../b.bmp", "0x1", DateTimeOffset.UnixEpoch);

        TinyResult result = await _pipeline.Tiny.ProcessAsync(image, Cancellation);
        TinyResult givenUp = await _pipeline.Tiny.GiveUpAsync(image, "x", Cancellation);

        Assert.Equal((TinyOutcome.Failed, TinyOutcome.Unchanged), (result.Outcome, givenUp.Outcome));
        LabelRow row = (await _pipeline.RowAsync("a/../b.bmp"))!;
        Assert.Equal((LabelStatus.Failed, FailureReason.UnusableName, new ImageVersion(DateTimeOffset.UnixEpoch, "0x1")), (row.Status, row.Reason, row.Version));
        Assert.Contains("'..' between its slashes", row.ReasonDetail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(FailureReason.Empty)]
    [InlineData(FailureReason.NotAnImage)]
    [InlineData(FailureReason.TooManyBytes)]
    [InlineData(FailureReason.Damaged)]
    public async Task ProcessAsync_BadFile_HasAFailedRowWithTheReason(FailureReason reason)
    {
        byte[] content = reason switch
        {
            FailureReason.Empty => [],
            FailureReason.NotAnImage => TestImages.NotAnImage,
            FailureReason.Damaged => TestImages.Red[..80],
            _ => TestImages.Red,
        };
        await using var pipeline = new MemoryPipeline(_cascade, o => o.MaxImageBytes = reason == FailureReason.TooManyBytes ? 100 : o.MaxImageBytes);

        TinyResult result = await pipeline.LabelAsync("a.bmp", content);

        Assert.Equal(TinyOutcome.Failed, result.Outcome);
        LabelRow row = (await pipeline.RowAsync("a.bmp"))!;
        Assert.Equal((LabelStatus.Failed, reason), (row.Status, row.Reason));
        Assert.NotEmpty(row.ReasonDetail!);
    }

    [Fact]
    public async Task ProcessAsync_SecondDelivery_ChangesNothing()
    {
        await _pipeline.LabelAsync("a.bmp", TestImages.Red);
        LabelRow before = (await _pipeline.RowAsync("a.bmp"))!;
        _pipeline.Time.Advance(TimeSpan.FromSeconds(5));

        TinyResult again = await _pipeline.Tiny.ProcessAsync(new ImageReference("a.bmp", before.Version.ETag), Cancellation);

        Assert.Equal(TinyOutcome.Unchanged, again.Outcome);
        Assert.Same(before, await _pipeline.RowAsync("a.bmp"));
    }

    [Fact]
    public async Task ProcessAsync_DeathBetweenRowAndMessage_IsHealedByTheNextDelivery()
    {
        _pipeline.Faults.CrashBefore = operation => operation == "escalations.send";
        await Assert.ThrowsAsync<CrashException>(() => _pipeline.LabelAsync("a.bmp", TestImages.Unsure));
        Assert.Equal(LabelStatus.Escalated, (await _pipeline.RowAsync("a.bmp"))!.Status);
        _pipeline.Faults.CrashBefore = null;

        TinyResult again = await _pipeline.Tiny.ProcessAsync(new ImageReference("a.bmp"), Cancellation);

        Assert.Equal(TinyOutcome.Unchanged, again.Outcome);
        Assert.Equal(1, await _pipeline.Queue.GetBacklogAsync(Cancellation));
    }

    [Fact]
    public async Task ProcessAsync_DeliveryAfterTheLargeLabel_SendsNothing()
    {
        await _pipeline.LabelAsync("a.bmp", TestImages.Unsure);
        await _pipeline.PumpAsync();

        TinyResult again = await _pipeline.Tiny.ProcessAsync(new ImageReference("a.bmp"), Cancellation);

        Assert.Equal(TinyOutcome.Unchanged, again.Outcome);
        Assert.Equal(Decider.Large, again.Row!.DecidedBy);
        Assert.Equal(0, await _pipeline.Queue.GetBacklogAsync(Cancellation));
    }

    [Fact]
    public async Task ProcessAsync_SupersededVersion_WritesNothing()
    {
        ImageVersion old = await _pipeline.UploadAsync("a.bmp", TestImages.Red);
        await _pipeline.UploadAsync("a.bmp", TestImages.Green);

        TinyResult result = await _pipeline.Tiny.ProcessAsync(new ImageReference("a.bmp", old.ETag), Cancellation);

        Assert.Equal(TinyOutcome.Superseded, result.Outcome);
        Assert.Null(await _pipeline.RowAsync("a.bmp"));
    }

    [Fact]
    public async Task ProcessAsync_DeletedImage_WritesNothingUnlessARowWaits()
    {
        ImageVersion version = await _pipeline.UploadAsync("a.bmp", TestImages.Red);
        _pipeline.Images.Delete("a.bmp");

        Assert.Equal(TinyOutcome.Deleted, (await _pipeline.Tiny.ProcessAsync(new ImageReference("a.bmp", version.ETag), Cancellation)).Outcome);
        Assert.Null(await _pipeline.RowAsync("a.bmp"));

        await _pipeline.LabelAsync("b.bmp", TestImages.Unsure);
        ImageVersion second = await _pipeline.UploadAsync("b.bmp", TestImages.Unsure);
        _pipeline.Images.Delete("b.bmp");

        Assert.Equal(TinyOutcome.Deleted, (await _pipeline.Tiny.ProcessAsync(new ImageReference("b.bmp", second.ETag), Cancellation)).Outcome);
        LabelRow row = (await _pipeline.RowAsync("b.bmp"))!;
        Assert.Equal((LabelStatus.Failed, FailureReason.Deleted), (row.Status, row.Reason));
    }

    [Fact]
    public async Task ProcessAsync_BacklogAboveItsLimit_AcceptsTheTinyLabelDegraded()
    {
        await using var pipeline = new MemoryPipeline(_cascade, o => o.MaxBacklog = 2);
        for (int i = 0; i < 3; i++)
            Assert.Equal(TinyOutcome.Escalated, (await pipeline.LabelAsync($"{i}.bmp", TestImages.Unsure)).Outcome);

        // The backlog is asked for now and then only.
        Assert.Equal(TinyOutcome.Escalated, (await pipeline.LabelAsync("3.bmp", TestImages.Unsure)).Outcome);
        pipeline.Time.Advance(pipeline.Options.BacklogInterval);
        Assert.Equal(TinyOutcome.Labelled, (await pipeline.LabelAsync("4.bmp", TestImages.Unsure)).Outcome);

        LabelRow row = (await pipeline.RowAsync("4.bmp"))!;
        Assert.Equal((true, "red", Decider.Tiny), (row.Degraded, row.Label, row.DecidedBy));
        await pipeline.PumpAsync();
        pipeline.Time.Advance(pipeline.Options.BacklogInterval);
        Assert.Equal(TinyOutcome.Escalated, (await pipeline.LabelAsync("5.bmp", TestImages.Unsure)).Outcome);
    }

    [Fact]
    public async Task ProcessAsync_PolicyWithoutSaverUnderOverload_EscalatesAsItMust()
    {
        _cascade.WritePolicy(0, withSaver: false);
        await using var pipeline = new MemoryPipeline(_cascade, o => o.MaxBacklog = 1);
        for (int i = 0; i < 4; i++)
        {
            Assert.Equal(TinyOutcome.Escalated, (await pipeline.LabelAsync($"{i}.bmp", TestImages.Red)).Outcome);
            pipeline.Time.Advance(pipeline.Options.BacklogInterval);
        }
    }

    [Fact]
    public async Task ProcessAsync_ImageOfTheAuditSample_IsAShadowWhereTheTinyModelLabelsIt()
    {
        await using var pipeline = new MemoryPipeline(_cascade, o => o.AuditShare = 1);

        LabelRow unsure = (await pipeline.LabelAsync("unsure.bmp", TestImages.Unsure)).Row!;
        LabelRow sure = (await pipeline.LabelAsync("sure.bmp", TestImages.Red)).Row!;

        Assert.Equal((true, false), (unsure.Audited, unsure.Shadow));
        Assert.Equal((true, true), (sure.Audited, sure.Shadow));
    }

    [Fact]
    public async Task ProcessAsync_NewerVersionLabelledMeanwhile_SendsNothingOfTheOlder()
    {
        ImageVersion old = await _pipeline.UploadAsync("a.bmp", TestImages.Unsure);
        _pipeline.Faults.Pause = async () =>
        {
            // When the older version's row is about to be written.
            _pipeline.Faults.Pause = null;
            _pipeline.Time.Advance(TimeSpan.FromSeconds(2));
            await _pipeline.LabelAsync("a.bmp", TestImages.Unsure);
        };

        TinyResult result = await _pipeline.Tiny.ProcessAsync(new ImageReference("a.bmp", old.ETag), Cancellation);

        Assert.Equal(TinyOutcome.Unchanged, result.Outcome);
        Escalation only = EscalationJson.Read(Assert.Single(await _pipeline.Queue.ReceiveAsync(10, Cancellation)).Body);
        Assert.NotEqual(old.ETag, only.ETag);
    }

    [Fact]
    public async Task ProcessAsync_MoreImagesThanAreWorkedOnAtOnce_Wait()
    {
        await using var pipeline = new MemoryPipeline(_cascade, o => o.ImagesInFlight = 1);
        await pipeline.LabelAsync("before.bmp", TestImages.Red);
        var hold = new TaskCompletionSource();
        int opens = 0;
        pipeline.Faults.Pause = () => hold.Task;
        pipeline.Faults.CrashBefore = operation => operation == "images.open" && Interlocked.Increment(ref opens) < 0;
        Task<TinyResult> first = pipeline.LabelAsync("a.bmp", TestImages.Red);
        Task<TinyResult> second = pipeline.LabelAsync("b.bmp", TestImages.Red);

        // All that is before the write of the row runs in the call itself.
        Assert.Equal(1, opens);
        hold.SetResult();

        Assert.Equal((TinyOutcome.Labelled, TinyOutcome.Labelled), ((await first).Outcome, (await second).Outcome));
        Assert.Equal(2, opens);
    }

    [Fact]
    public async Task GiveUpAsync_ImageThatIsGone_EndsTheWaitOfItsRow()
    {
        await _pipeline.LabelAsync("a.bmp", TestImages.Unsure);
        _pipeline.Images.Delete("a.bmp");

        TinyResult result = await _pipeline.Tiny.GiveUpAsync(new ImageReference("a.bmp"), "no luck", Cancellation);

        Assert.Equal(TinyOutcome.Deleted, result.Outcome);
        LabelRow row = (await _pipeline.RowAsync("a.bmp"))!;
        Assert.Equal((LabelStatus.Failed, FailureReason.Deleted), (row.Status, row.Reason));
    }

    [Fact]
    public async Task GiveUpAsync_Image_HasAFailedRowUntilALaterSuccess()
    {
        ImageVersion version = await _pipeline.UploadAsync("a.bmp", TestImages.Red);

        await _pipeline.Tiny.GiveUpAsync(new ImageReference("a.bmp", version.ETag), "no luck", Cancellation);

        LabelRow row = (await _pipeline.RowAsync("a.bmp"))!;
        Assert.Equal((LabelStatus.Failed, FailureReason.RetriesExhausted, "no luck"), (row.Status, row.Reason, row.ReasonDetail));
        Assert.Equal(TinyOutcome.Labelled, (await _pipeline.Tiny.ProcessAsync(new ImageReference("a.bmp"), Cancellation)).Outcome);
        Assert.Equal(
            TinyOutcome.Superseded, (await _pipeline.Tiny.GiveUpAsync(new ImageReference("a.bmp", "0xold"), "no luck", Cancellation)).Outcome);
    }
}
