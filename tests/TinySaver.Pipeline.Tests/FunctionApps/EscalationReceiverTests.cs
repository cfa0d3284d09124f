using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using TinySaver.Core.Escalations;
using TinySaver.Core.Failures;
using TinySaver.Core.Labels;
using TinySaver.Pipeline.FunctionApps;
using TinySaver.Pipeline.Stages;
using TinySaver.Pipeline.Tests.Stages;

namespace TinySaver.Pipeline.Tests.FunctionApps;

public sealed class EscalationReceiverTests : IAsyncDisposable
{
    private readonly TestCascade _cascade = new();
    private readonly MemoryPipeline _pipeline;
    private readonly EscalationReceiver _receiver;

    public EscalationReceiverTests()
    {
        _pipeline = new MemoryPipeline(_cascade);
        _receiver = new EscalationReceiver(_pipeline.Large, _pipeline.Time, NullLogger<EscalationReceiver>.Instance);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _pipeline.DisposeAsync();
        _cascade.Dispose();
    }

    [Fact]
    public async Task ReceiveAsync_MixedBatch_SettlesEachMessageOnItsOwn()
    {
        byte[] good = await EscalateAsync("good.bmp", TestImages.Unsure);
        byte[] deleted = await EscalateAsync("deleted.bmp", TestImages.Unsure);
        byte[] superseded = await EscalateAsync("newer.bmp", TestImages.Unsure);
        _pipeline.Images.Delete("deleted.bmp");
        await _pipeline.UploadAsync("newer.bmp", TestImages.Red);
        var messages = new MemoryMessages(good, "{\"v\":1}"u8.ToArray(), deleted, "not json"u8.ToArray(), superseded);

        await _receiver.ReceiveAsync(messages, Cancellation);

        Assert.Equal(
            [SettlementKind.Complete, SettlementKind.DeadLetter, SettlementKind.Complete, SettlementKind.DeadLetter, SettlementKind.Complete],
            Enumerable.Range(0, 5).Select(i => messages.Settled[i].Kind));
        Assert.Equal("malformed-message", messages.Settled[1].Reason);
        Assert.Contains("not json", messages.Settled[3].Description, StringComparison.Ordinal);
        Assert.Equal(LabelStatus.Labelled, (await _pipeline.RowAsync("good.bmp"))!.Status);
        Assert.Equal(LabelStatus.Failed, (await _pipeline.RowAsync("deleted.bmp"))!.Status);
    }

    [Fact]
    public async Task ReceiveAsync_PassingFailure_AbandonsThatMessageOnly()
    {
        Escalation[] escalations = [Sample("a"), Sample("b"), Sample("c")];
        EscalationReceiver receiver = Receiver(async (list, settle, _) =>
        {
            await settle(0, new EscalationResult(EscalationOutcome.Labelled));
            await settle(1, new EscalationResult(EscalationOutcome.Retry, Error: new IOException("storage is away")));
            await settle(2, new EscalationResult(EscalationOutcome.Wasted));
        });
        var messages = new MemoryMessages([.. escalations.Select(EscalationJson.Write)]);

        await receiver.ReceiveAsync(messages, Cancellation);

        Assert.Equal(Settlement.Complete, messages.Settled[0]);
        Assert.Equal(Settlement.Abandon, messages.Settled[1]);
        Assert.Equal(Settlement.Complete, messages.Settled[2]);
    }

    [Fact]
    public async Task ReceiveAsync_Cancelled_AbandonsWhatIsOpenAndIsNoFailure()
    {
        using var stop = new CancellationTokenSource();
        EscalationReceiver receiver = Receiver(async (list, settle, cancellationToken) =>
        {
            await settle(0, new EscalationResult(EscalationOutcome.Labelled));
            await stop.CancelAsync();
            cancellationToken.ThrowIfCancellationRequested();
        });
        var messages = new MemoryMessages(EscalationJson.Write(Sample("a")), EscalationJson.Write(Sample("b")));

        await receiver.ReceiveAsync(messages, stop.Token);

        Assert.Equal((Settlement.Complete, Settlement.Abandon), (messages.Settled[0], messages.Settled[1]));
    }

    [Fact]
    public async Task ReceiveAsync_NothingCanBeDone_ThrowsOnlyAfterThePauseAndSettlesNothing()
    {
        var time = new FakeTimeProvider();
        EscalationReceiver receiver = Receiver((_, _, _) => throw new TinySaverException("no policy"), time);
        var messages = new MemoryMessages(EscalationJson.Write(Sample("a")));

        Task receiving = receiver.ReceiveAsync(messages, Cancellation);
        time.Advance(EscalationReceiver.FailurePause - TimeSpan.FromSeconds(1));
        Assert.False(receiving.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("no policy", (await Assert.ThrowsAsync<TinySaverException>(() => receiving)).Message);
        Assert.Empty(messages.Settled);
        Assert.Equal(3, messages.Renewals(0));
    }

    [Fact]
    public async Task ReceiveAsync_LongWork_RenewsLocksOfOpenMessagesOnly()
    {
        var time = new FakeTimeProvider();
        var work = new TaskCompletionSource();
        EscalationReceiver receiver = Receiver(
            async (_, settle, _) =>
            {
                await settle(0, new EscalationResult(EscalationOutcome.Labelled));
                await work.Task;
                await settle(1, new EscalationResult(EscalationOutcome.Labelled));
            },
            time);
        var messages = new MemoryMessages(EscalationJson.Write(Sample("a")), EscalationJson.Write(Sample("b")));

        Task receiving = receiver.ReceiveAsync(messages, Cancellation);
        for (int renewal = 1; renewal <= 3; renewal++)
        {
            time.Advance(EscalationReceiver.RenewalInterval);
            while (messages.Renewals(1) < renewal)
            {
                await Task.Yield();
            }
        }

        work.SetResult();
        await receiving;

        Assert.Equal((0, 3), (messages.Renewals(0), messages.Renewals(1)));
    }

    [Fact]
    public async Task ReceiveAsync_SettlementsFail_TheBatchDoesNot()
    {
        byte[] escalated = await EscalateAsync("good.bmp", TestImages.Unsure);
        var messages = new MemoryMessages(escalated) { Fault = new InvalidOperationException("the lock is lost") };

        await _receiver.ReceiveAsync(messages, Cancellation);

        Assert.Equal(LabelStatus.Labelled, (await _pipeline.RowAsync("good.bmp"))!.Status);
    }

    [Fact]
    public async Task RecordDeadLetterAsync_Escalation_WritesTheFailedRowWithTheReason()
    {
        byte[] escalated = await EscalateAsync("sad.bmp", TestImages.Unsure);

        await _receiver.RecordDeadLetterAsync(escalated, "MaxDeliveryCountExceeded", "Message could not be consumed.", 5, Cancellation);

        LabelRow row = (await _pipeline.RowAsync("sad.bmp"))!;
        Assert.Equal((LabelStatus.Failed, "retries-exhausted"), (row.Status, row.Reason));
        Assert.Equal("Dead-lettered after 5 deliveries: MaxDeliveryCountExceeded. Message could not be consumed.", row.ReasonDetail);
    }

    [Fact]
    public async Task RecordDeadLetterAsync_NoEscalation_IsDoneWith() =>
        await _receiver.RecordDeadLetterAsync(Encoding.UTF8.GetBytes("not json"), null, null, 1, Cancellation);

    private async Task<byte[]> EscalateAsync(string name, byte[] image)
    {
        TinyResult result = await _pipeline.LabelAsync(name, image);
        Assert.Equal(TinyOutcome.Escalated, result.Outcome);
        return EscalationJson.Write((await _pipeline.Queue.ReceiveAsync(1, Cancellation)).Single().Read());
    }

    private static EscalationReceiver Receiver(
        Func<IReadOnlyList<Escalation>, Func<int, EscalationResult, Task>, CancellationToken, Task> process, TimeProvider? time = null) =>
        new(process, (_, _, _) => Task.CompletedTask, time ?? TimeProvider.System, NullLogger<EscalationReceiver>.Instance);

    private static Escalation Sample(string name) => new()
    {
        Container = "images",
        Name = name,
        ETag = "0x1",
        LastModified = DateTimeOffset.UnixEpoch,
        Tiny = new TinyAnswer(0, "red", 0.5, []),
        Policy = "p",
        EnqueuedAt = DateTimeOffset.UnixEpoch,
    };
}
