using System.Diagnostics;
using TinySaver.Core.Escalations;
using TinySaver.Core.Failures;
using TinySaver.Core.Labels;
using TinySaver.Pipeline.Escalations;
using TinySaver.Pipeline.Images;
using TinySaver.Pipeline.Stages;
using TinySaver.Pipeline.Telemetry;
using TinySaver.Pipeline.Tests.InMemory;

namespace TinySaver.Pipeline.Tests.Stages;

public sealed class LargeStageTests : IAsyncDisposable
{
    private readonly TestCascade _cascade = new();
    private readonly MemoryPipeline _pipeline;

    public LargeStageTests() => _pipeline = new MemoryPipeline(_cascade);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _pipeline.DisposeAsync();
        _cascade.Dispose();
    }

    [Fact]
    public async Task ProcessAsync_Escalations_AreLabelledEachWithItsOwnAnswer()
    {
        for (int i = 0; i < 50; i++)
            await _pipeline.LabelAsync($"{i}.bmp", i % 2 == 0 ? TestImages.Unsure : TestImages.UnsureGreen);

        IReadOnlyList<EscalationResult> results = await _pipeline.PumpAsync();

        Assert.Equal(50, results.Count(r => r.Outcome == EscalationOutcome.Labelled));
        for (int i = 0; i < 50; i++)
        {
            LabelRow row = (await _pipeline.RowAsync($"{i}.bmp"))!;
            string expected = i % 2 == 0 ? "red" : "green";
            Assert.Equal((LabelStatus.Labelled, expected, expected, Decider.Large), (row.Status, row.Label, row.LargeLabel, row.DecidedBy));
            Assert.Equal(expected, row.TinyLabel);
            Assert.Equal((_cascade.Policy.Large.Sha256![..12], _cascade.Policy.Id), (row.LargeModel, row.Policy));
        }

        Assert.Equal(0, await _pipeline.Queue.GetBacklogAsync(Cancellation));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task ProcessAsync_ModelWithFixedBatch_SplitsToIt(int largeBatch)
    {
        using var cascade = new TestCascade(largeBatch: largeBatch);
        await using var pipeline = new MemoryPipeline(cascade);
        for (int i = 0; i < 10; i++)
            await pipeline.LabelAsync($"{i}.bmp", i % 3 == 0 ? TestImages.Unsure : TestImages.UnsureGreen);

        Assert.All(await pipeline.PumpAsync(), r => Assert.Equal(EscalationOutcome.Labelled, r.Outcome));
        Assert.Equal("red", (await pipeline.RowAsync("9.bmp"))!.Label);
        Assert.Equal("green", (await pipeline.RowAsync("8.bmp"))!.Label);
    }

    [Fact]
    public async Task ProcessAsync_BadImagesAmongGood_EachHasItsOwnResult()
    {
        foreach (string name in new[] { "good", "deleted", "overwritten", "unreadable" })
            await _pipeline.LabelAsync(name, TestImages.Unsure);

        _pipeline.Images.Delete("deleted");
        await _pipeline.UploadAsync("overwritten", TestImages.Red);
        IReadOnlyList<Escalation> messages = [.. (await _pipeline.Queue.ReceiveAsync(10, Cancellation)).Select(m => EscalationJson.Read(m.Body))];

        // Only another program could change bytes without a new version.
        LabelRow unreadable = (await _pipeline.RowAsync("unreadable"))!;
        ImageVersion bad = await _pipeline.UploadAsync("unreadable", TestImages.NotAnImage);
        messages = [.. messages.Select(m => m.Name == "unreadable" ? m with { ETag = bad.ETag, LastModified = bad.LastModified } : m)];

        IReadOnlyList<EscalationResult> results = await _pipeline.Large.ProcessAsync(messages, null, Cancellation);

        var outcomes = messages.Zip(results).ToDictionary(p => p.First.Name, p => p.Second.Outcome);
        Assert.Equal(EscalationOutcome.Labelled, outcomes["good"]);
        Assert.Equal(EscalationOutcome.Deleted, outcomes["deleted"]);
        Assert.Equal(EscalationOutcome.Superseded, outcomes["overwritten"]);
        Assert.Equal(EscalationOutcome.Failed, outcomes["unreadable"]);
        Assert.Equal((LabelStatus.Failed, FailureReason.Deleted), ((await _pipeline.RowAsync("deleted"))!.Status, (await _pipeline.RowAsync("deleted"))!.Reason));
        Assert.Equal(FailureReason.NotAnImage, (await _pipeline.RowAsync("unreadable"))!.Reason);
        Assert.Equal(LabelStatus.Escalated, unreadable.Status);
    }

    [Fact]
    public async Task ProcessAsync_PassingFailureOfOne_IsRetriedAloneAndThenDone()
    {
        for (int i = 0; i < 5; i++)
            await _pipeline.LabelAsync($"{i}", TestImages.Unsure);

        int opens = 0;
        _pipeline.Faults.CrashBefore = operation => operation == "images.open" && Interlocked.Increment(ref opens) == 3;

        IReadOnlyList<EscalationResult> first = await _pipeline.PumpAsync();
        IReadOnlyList<EscalationResult> second = await _pipeline.PumpAsync();

        Assert.Equal(4, first.Count(r => r.Outcome == EscalationOutcome.Labelled));
        Assert.IsType<CrashException>(Assert.Single(first, r => r.Outcome == EscalationOutcome.Retry).Error);
        Assert.Equal(EscalationOutcome.Labelled, Assert.Single(second).Outcome);
    }

    [Fact]
    public async Task ProcessAsync_ModelThatThrowsOnOneImage_GivesEachOtherItsOwnAnswerAndKeepsItsMessage()
    {
        using var cascade = new TestCascade(largeThrowsOnWhite: true);
        await using var pipeline = new MemoryPipeline(cascade);
        foreach ((string name, byte[] image) in ((string, byte[])[])[("red", TestImages.Unsure), ("white", TestImages.White), ("green", TestImages.UnsureGreen)])
            Assert.Equal(TinyOutcome.Escalated, (await pipeline.LabelAsync(name, image)).Outcome);

        IReadOnlyList<EscalationResult> results = await pipeline.PumpAsync();

        Assert.NotNull(Assert.Single(results, r => r.Outcome == EscalationOutcome.Retry).Error);
        Assert.Equal(("red", "green"), ((await pipeline.RowAsync("red"))!.Label, (await pipeline.RowAsync("green"))!.Label));
        Assert.Equal(LabelStatus.Escalated, (await pipeline.RowAsync("white"))!.Status);
        Assert.Equal("white", EscalationJson.Read(Assert.Single(await pipeline.Queue.ReceiveAsync(10, Cancellation)).Body).Name);

        // Alone, too.
        pipeline.Time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(EscalationOutcome.Retry, Assert.Single(await pipeline.PumpAsync()).Outcome);
    }

    [Fact]
    public async Task ProcessAsync_ShadowAndEscalationOfOneVersion_AreNotOne()
    {
        await _pipeline.LabelAsync("a", TestImages.Unsure);
        Escalation escalation = EscalationJson.Read(Assert.Single(await _pipeline.Queue.ReceiveAsync(1, Cancellation)).Body);

        await _pipeline.Large.ProcessAsync([escalation with { Shadow = true }, escalation], null, Cancellation);

        Assert.Equal(Decider.Large, (await _pipeline.RowAsync("a"))!.DecidedBy);
    }

    [Fact]
    public async Task ProcessAsync_Duplicates_AskTheModelOnce()
    {
        await _pipeline.LabelAsync("a", TestImages.Unsure);
        Escalation escalation = EscalationJson.Read(Assert.Single(await _pipeline.Queue.ReceiveAsync(1, Cancellation)).Body);
        var settled = new System.Collections.Concurrent.ConcurrentBag<int>();

        IReadOnlyList<EscalationResult> results = await _pipeline.Large.ProcessAsync(
            [escalation, escalation, escalation],
            (index, _) =>
            {
                settled.Add(index);
                return Task.CompletedTask;
            },
            Cancellation);

        Assert.All(results, r => Assert.Equal(EscalationOutcome.Labelled, r.Outcome));
        Assert.Equal([0, 1, 2], settled.Order());
    }

    [Fact]
    public async Task ProcessAsync_RowAnsweredMeanwhile_IsFoundByTheMessageThatNamesNoRowAndKeptByTheOneThatDoes()
    {
        MemoryMessage message = await _pipeline.EscalateAsync("a", TestImages.Unsure);
        Escalation first = EscalationJson.Read(message.Body);

        // Announced again before the answer: the row was there, so its message is to look.
        Assert.Equal(TinyOutcome.Unchanged, (await _pipeline.Tiny.ProcessAsync(new ImageReference("a"), Cancellation)).Outcome);
        Escalation second = EscalationJson.Read(Assert.Single(await _pipeline.Queue.ReceiveAsync(1, Cancellation)).Body);
        Assert.Equal(((await _pipeline.Labels.GetAsync("a", Cancellation))!.RowTag, null), (first.Row, second.Row));

        await _pipeline.Large.ProcessAsync([first], null, Cancellation);
        LabelRow answered = (await _pipeline.RowAsync("a"))!;

        Assert.Equal(EscalationOutcome.AlreadyDone, Assert.Single(await _pipeline.Large.ProcessAsync([second], null, Cancellation)).Outcome);
        Assert.Equal(EscalationOutcome.Wasted, Assert.Single(await _pipeline.Large.ProcessAsync([first], null, Cancellation)).Outcome);
        Assert.Equal(answered, await _pipeline.RowAsync("a"));
    }

    [Fact]
    public async Task ProcessAsync_MessageThatNamesItsRow_ReadsNoRow()
    {
        await using var pipeline = new MemoryPipeline(_cascade, o => o.ShadowShare = 1);
        await pipeline.LabelAsync("escalated", TestImages.Unsure);
        await pipeline.LabelAsync("shadow", TestImages.Red);
        await pipeline.LabelAsync("gone", TestImages.Unsure);
        pipeline.Images.Delete("gone");

        // Whoever reads a row meets an outage.
        pipeline.Faults.Outage = operation => operation == "labels.get";
        IReadOnlyList<EscalationResult> results = await pipeline.PumpAsync();
        pipeline.Faults.Outage = null;

        Assert.Equal(
            [EscalationOutcome.Labelled, EscalationOutcome.ShadowRecorded, EscalationOutcome.Deleted], results.Select(r => r.Outcome));
        Assert.Equal((LabelStatus.Failed, FailureReason.Deleted), ((await pipeline.RowAsync("gone"))!.Status, (await pipeline.RowAsync("gone"))!.Reason));
    }

    [Fact]
    public async Task ProcessAsync_ShadowSample_KeepsTheTinyLabelAndRecordsTheLargeOne()
    {
        await using var pipeline = new MemoryPipeline(_cascade, o => o.ShadowShare = 1);
        Assert.Equal(TinyOutcome.Labelled, (await pipeline.LabelAsync("agree", TestImages.Red)).Outcome);
        Assert.Equal(TinyOutcome.Labelled, (await pipeline.LabelAsync("disagree", TestImages.DimRed)).Outcome);

        Assert.All(await pipeline.PumpAsync(), r => Assert.Equal(EscalationOutcome.ShadowRecorded, r.Outcome));

        LabelRow agree = (await pipeline.RowAsync("agree"))!;
        LabelRow disagree = (await pipeline.RowAsync("disagree"))!;
        Assert.Equal(("red", "red", Decider.Tiny, true), (agree.Label, agree.LargeLabel, agree.DecidedBy, agree.Shadow));
        Assert.Equal(("red", "blue", Decider.Tiny, true), (disagree.Label, disagree.LargeLabel, disagree.DecidedBy, disagree.Shadow));

        // A repeated event neither clears the answer nor asks for another.
        await pipeline.Tiny.ProcessAsync(new ImageReference("agree"), Cancellation);
        Assert.Equal(0, await pipeline.Queue.GetBacklogAsync(Cancellation));
        Assert.Equal("red", (await pipeline.RowAsync("agree"))!.LargeLabel);
    }

    [Fact]
    public async Task GiveUpAsync_Escalation_HasAFailedRow_ButAShadowKeepsItsLabel()
    {
        await _pipeline.LabelAsync("a", TestImages.Unsure);
        Escalation escalation = EscalationJson.Read(Assert.Single(await _pipeline.Queue.ReceiveAsync(1, Cancellation)).Body);

        await _pipeline.Large.GiveUpAsync(escalation with { Shadow = true }, "x", Cancellation);
        Assert.Equal(LabelStatus.Escalated, (await _pipeline.RowAsync("a"))!.Status);
        await _pipeline.Large.GiveUpAsync(escalation, "delivered 5 times", Cancellation);

        LabelRow row = (await _pipeline.RowAsync("a"))!;
        Assert.Equal((LabelStatus.Failed, FailureReason.RetriesExhausted, "delivered 5 times", "red"), (row.Status, row.Reason, row.ReasonDetail, row.TinyLabel));
        Assert.Equal((escalation.Tiny!.ClassIndex, escalation.Tiny.Confidence, escalation.Tiny.Model, escalation.Policy), (row.TinyClassIndex, row.TinyConfidence, row.TinyModel, row.Policy));
    }

    [Fact]
    public async Task ProcessAsync_OneTrace_SpansBothStages()
    {
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == PipelineTelemetry.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
        };
        ActivitySource.AddActivityListener(listener);

        TinyResult tiny = await _pipeline.LabelAsync("traced", TestImages.Unsure);
        EscalationResult large = Assert.Single(await _pipeline.PumpAsync());

        Assert.Matches("^[0-9a-f]{32}$", tiny.Row!.OperationId!);
        Assert.Equal(tiny.Row.OperationId, large.Row!.OperationId);
    }
}
