using Azure;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using TinySaver.Core.Escalations;
using TinySaver.Core.Failures;
using TinySaver.Core.Labels;
using TinySaver.Pipeline.Escalations;
using TinySaver.Pipeline.Outages;
using TinySaver.Pipeline.Tests.InMemory;
using TinySaver.Pipeline.Tests.Outages;
using TinySaver.Pipeline.Tests.Stages;

namespace TinySaver.Pipeline.Tests.Escalations;

public sealed class EscalationReceiverTests : IAsyncDisposable
{
    private static readonly RequestFailedException Away = new(0, "storage is away");

    private readonly TestCascade _cascade = new();
    private readonly MemoryPipeline _pipeline;
    private readonly FakeTimeProvider _time = new();

    public EscalationReceiverTests() => _pipeline = new MemoryPipeline(_cascade);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _pipeline.DisposeAsync();
        _cascade.Dispose();
    }

    [Fact]
    public async Task ReceiveAsync_MixedBatch_SettlesEachMessageOnItsOwn()
    {
        MemoryMessage good = await _pipeline.EscalateAsync("good.bmp", TestImages.Unsure);
        MemoryMessage deleted = await _pipeline.EscalateAsync("deleted.bmp", TestImages.Unsure);
        MemoryMessage superseded = await _pipeline.EscalateAsync("newer.bmp", TestImages.Unsure);
        _pipeline.Images.Delete("deleted.bmp");
        await _pipeline.UploadAsync("newer.bmp", TestImages.Red);
        var foreign = new MemoryMessage("{\"v\":1}"u8.ToArray());
        var text = new MemoryMessage("not json"u8.ToArray());

        // What Service Bus does where the sender chose an AMQP value or sequence as the body.
        var value = new MemoryMessage(default) { BodyFault = new NotSupportedException("value bodies are not supported") };

        await Receiver(_pipeline.Large.ProcessAsync).ReceiveAsync([good, foreign, deleted, text, value, superseded], null, Cancellation);

        Assert.All((MemoryMessage[])[good, deleted, superseded], m => Assert.Equal(Settlement.Complete, m.Settled));
        Assert.All(
            (MemoryMessage[])[foreign, text, value],
            m => Assert.Equal((SettlementKind.DeadLetter, "malformed-message"), (m.Settled!.Kind, m.Settled.Reason)));
        Assert.Contains("not json", text.Settled!.Description, StringComparison.Ordinal);
        Assert.Contains("value bodies", value.Settled!.Description, StringComparison.Ordinal);
        Assert.Equal(LabelStatus.Labelled, (await _pipeline.RowAsync("good.bmp"))!.Status);
        Assert.Equal(LabelStatus.Failed, (await _pipeline.RowAsync("deleted.bmp"))!.Status);
    }

    [Fact]
    public async Task ReceiveAsync_DeliveredAgain_IsToLookAtItsRow()
    {
        ReadOnlyMemory<byte> body = (await _pipeline.EscalateAsync("a.bmp", TestImages.Unsure)).Body;
        var rows = new List<string?>();
        EscalationReceiver receiver = Receiver((list, settle, _) =>
        {
            rows.Add(list[0].Row);
            return settle(0, new EscalationResult(EscalationOutcome.Labelled));
        });

        await receiver.ReceiveAsync([new MemoryMessage(body)], null, Cancellation);
        await receiver.ReceiveAsync([new MemoryMessage(body) { DeliveryCount = 2 }], null, Cancellation);

        Assert.Equal([(await _pipeline.Labels.GetAsync("a.bmp", Cancellation))!.RowTag, null], rows);
    }

    [Fact]
    public async Task ReceiveAsync_OutageOfOneMessage_TriesItAgainUnderItsLockAndUsesUpNoDelivery()
    {
        MemoryMessage[] messages = [MemoryMessage.Of("a"), MemoryMessage.Of("b"), MemoryMessage.Of("c")];
        DateTimeOffset end = _time.GetUtcNow() + TimeSpan.FromMinutes(3);
        var asked = new List<string>();
        EscalationReceiver receiver = Receiver(async (list, settle, _) =>
        {
            asked.Add(string.Concat(list.Select(e => e.Name)));
            for (int i = 0; i < list.Count; i++)
            {
                await settle(i, list[i].Name == "b" && _time.GetUtcNow() < end
                    ? new EscalationResult(EscalationOutcome.Retry, Error: Away)
                    : new EscalationResult(EscalationOutcome.Labelled));
            }
        });

        Task receiving = receiver.ReceiveAsync(messages, null, Cancellation);
        _time.PassUntil(receiving, TimeSpan.FromSeconds(1));
        await receiving;

        Assert.All(messages, m => Assert.Equal(Settlement.Complete, m.Settled));
        Assert.Equal("abc", asked[0]);
        Assert.All(asked.Skip(1), names => Assert.Equal("b", names));
        Assert.True(messages[1].Renewals >= 17, $"{messages[1].Renewals} renewals in three minutes.");
        Assert.Equal(0, messages[0].Renewals);
    }

    [Fact]
    public async Task ReceiveAsync_OutageOfOneAndFailureOfAnother_TriesOnlyTheOneAgain()
    {
        MemoryMessage[] messages = [MemoryMessage.Of("a"), MemoryMessage.Of("b")];
        DateTimeOffset end = _time.GetUtcNow() + TimeSpan.FromMinutes(1);
        var asked = new List<string>();
        EscalationReceiver receiver = Receiver(async (list, settle, _) =>
        {
            asked.Add(string.Concat(list.Select(e => e.Name)));
            for (int i = 0; i < list.Count; i++)
            {
                await settle(i, list[i].Name == "a" ? new EscalationResult(EscalationOutcome.Retry, Error: new InvalidOperationException("broken"))
                    : _time.GetUtcNow() < end ? new EscalationResult(EscalationOutcome.Retry, Error: Away)
                    : new EscalationResult(EscalationOutcome.Labelled));
            }
        });

        Task receiving = receiver.ReceiveAsync(messages, null, Cancellation);
        _time.PassUntil(receiving, TimeSpan.FromMilliseconds(100));
        await receiving;

        Assert.Equal("ab", asked[0]);
        Assert.All(asked.Skip(1), names => Assert.Equal("b", names));
        Assert.Equal((SettlementKind.Abandon, SettlementKind.Complete), (messages[0].Settled!.Kind, messages[1].Settled!.Kind));
    }

    [Fact]
    public async Task ReceiveAsync_OutageOfTheWholeStage_IsWaitedOutToo()
    {
        var message = MemoryMessage.Of("a");
        DateTimeOffset end = _time.GetUtcNow() + TimeSpan.FromMinutes(3);
        EscalationReceiver receiver = Receiver(
            (_, settle, _) => _time.GetUtcNow() < end ? throw Away : settle(0, new EscalationResult(EscalationOutcome.Labelled)));

        Task receiving = receiver.ReceiveAsync([message], null, Cancellation);
        _time.PassUntil(receiving, TimeSpan.FromSeconds(1));
        await receiving;

        Assert.Equal(Settlement.Complete, message.Settled);
    }

    [Fact]
    public async Task ReceiveAsync_OutageLongerThanACall_AbandonsWhatIsOpenAndIsNoFailure()
    {
        MemoryMessage[] messages = [MemoryMessage.Of("a"), MemoryMessage.Of("b")];
        EscalationReceiver receiver = Receiver(async (list, settle, _) =>
        {
            for (int i = 0; i < list.Count; i++)
            {
                await settle(i, list[i].Name == "b"
                    ? new EscalationResult(EscalationOutcome.Retry, Error: Away)
                    : new EscalationResult(EscalationOutcome.Labelled));
            }
        });

        Task receiving = receiver.ReceiveAsync(messages, null, Cancellation);
        TimeSpan waited = _time.PassUntil(receiving, TimeSpan.FromSeconds(1));
        await receiving;

        Assert.Equal((SettlementKind.Complete, SettlementKind.Abandon), (messages[0].Settled!.Kind, messages[1].Settled!.Kind));
        Assert.InRange(waited, Patience.OfOneCall - Backoff.Standard.Longest, Patience.OfOneCall + TimeSpan.FromSeconds(1));
    }

    [Theory]
    [InlineData(1, 0.5, 1)]
    [InlineData(4, 4, 8)]
    [InlineData(60, 15, 30)]
    public async Task ReceiveAsync_FailureOfOneMessage_AbandonsItAfterAWaitThatGrowsAndEnds(int deliveries, double least, double most)
    {
        MemoryMessage[] messages = [MemoryMessage.Of("a"), new(EscalationJson.Write(SampleEscalation.Of("b"))) { DeliveryCount = deliveries, LockDuration = TimeSpan.FromSeconds(3) }];
        EscalationReceiver receiver = Receiver(async (_, settle, _) =>
        {
            await settle(1, new EscalationResult(EscalationOutcome.Retry, Error: new InvalidOperationException("the model")));
            await settle(0, new EscalationResult(EscalationOutcome.Labelled));
        });

        Task receiving = receiver.ReceiveAsync(messages, null, Cancellation);
        TimeSpan waited = _time.PassUntil(receiving, TimeSpan.FromSeconds(0.1));
        await receiving;

        Assert.Equal(Settlement.Complete, messages[0].Settled);
        Assert.Equal(SettlementKind.Abandon, messages[1].Settled!.Kind);
        Assert.Contains($"after {deliveries} deliveries; the last failed with: the model", messages[1].Settled!.Description, StringComparison.Ordinal);
        Assert.InRange(waited, TimeSpan.FromSeconds(least - 0.1), TimeSpan.FromSeconds(most + 0.2));
        Assert.Equal(waited.TotalSeconds >= 1.1, messages[1].Renewals > 0);
    }

    [Fact]
    public async Task ReceiveAsync_EveryOutcomeButRetry_Completes()
    {
        EscalationOutcome[] outcomes = [.. Enum.GetValues<EscalationOutcome>().Except([EscalationOutcome.Retry])];
        MemoryMessage[] messages = [.. outcomes.Select(o => MemoryMessage.Of($"{o}"))];
        var seen = new List<EscalationOutcome>();

        await Receiver(async (list, settle, _) =>
        {
            for (int i = 0; i < list.Count; i++)
                await settle(i, new EscalationResult(outcomes[i]));
        }).ReceiveAsync(messages, result => seen.Add(result.Outcome), Cancellation);

        Assert.All(messages, m => Assert.Equal(Settlement.Complete, m.Settled));
        Assert.Equal(outcomes, seen);
    }

    [Fact]
    public async Task ReceiveAsync_Cancelled_AbandonsWhatIsOpenAndIsNoFailure()
    {
        using var stop = new CancellationTokenSource();
        MemoryMessage[] messages = [MemoryMessage.Of("a"), MemoryMessage.Of("b")];

        await Receiver(async (_, settle, cancellationToken) =>
        {
            await settle(0, new EscalationResult(EscalationOutcome.Labelled));
            await stop.CancelAsync();
            cancellationToken.ThrowIfCancellationRequested();
        }).ReceiveAsync(messages, null, stop.Token);

        Assert.Equal((SettlementKind.Complete, SettlementKind.Abandon), (messages[0].Settled!.Kind, messages[1].Settled!.Kind));
    }

    [Fact]
    public async Task ReceiveAsync_CancelledWhileItWaits_AbandonsAtOnce()
    {
        using var stop = new CancellationTokenSource();
        MemoryMessage[] messages = [MemoryMessage.Of("away"), MemoryMessage.Of("failing")];
        Task receiving = Receiver(async (list, settle, _) =>
        {
            await settle(0, new EscalationResult(EscalationOutcome.Retry, Error: Away));
            await settle(1, new EscalationResult(EscalationOutcome.Retry, Error: new InvalidOperationException("the model")));
        }).ReceiveAsync(messages, null, stop.Token);

        await stop.CancelAsync();
        await receiving;

        Assert.All(messages, m => Assert.Equal(SettlementKind.Abandon, m.Settled!.Kind));
    }

    [Fact]
    public async Task ReceiveAsync_NothingCanBeDone_ThrowsOnlyAfterThePauseAndSettlesNothing()
    {
        var message = MemoryMessage.Of("a");
        Task receiving = Receiver((_, _, _) => throw new TinySaverException("no policy")).ReceiveAsync([message], null, Cancellation);

        Assert.Equal(EscalationReceiver.FailurePause, _time.PassUntil(receiving, TimeSpan.FromSeconds(1)));

        Assert.Equal("no policy", (await Assert.ThrowsAsync<TinySaverException>(() => receiving)).Message);
        Assert.Null(message.Settled);
        Assert.InRange(message.Renewals, 2, 3);
    }

    [Fact]
    public async Task ReceiveAsync_LongWork_RenewsLocksOfOpenMessagesOnly()
    {
        var work = new TaskCompletionSource();
        MemoryMessage[] messages = [MemoryMessage.Of("a"), MemoryMessage.Of("b")];
        Task receiving = Receiver(async (_, settle, _) =>
        {
            await settle(0, new EscalationResult(EscalationOutcome.Labelled));
            await work.Task;
            await settle(1, new EscalationResult(EscalationOutcome.Labelled));
        }).ReceiveAsync(messages, null, Cancellation);
        for (int renewal = 1; renewal <= 3; renewal++)
        {
            _time.Advance(messages[1].LockDuration / 3);
            Assert.Equal(renewal, messages[1].Renewals);
        }

        work.SetResult();
        await receiving;

        Assert.Equal((0, 3), (messages[0].Renewals, messages[1].Renewals));
    }

    [Fact]
    public async Task ReceiveAsync_SettlementsAndRenewalsFail_TheBatchDoesNot()
    {
        MemoryMessage message = await _pipeline.EscalateAsync("good.bmp", TestImages.Unsure);
        message.Fault = new InvalidOperationException("the lock is lost");

        await Receiver(_pipeline.Large.ProcessAsync).ReceiveAsync([message], null, Cancellation);

        Assert.Equal(LabelStatus.Labelled, (await _pipeline.RowAsync("good.bmp"))!.Status);
    }

    [Fact]
    public async Task ReceiveAsync_NoMessages_DoesNothing() =>
        await Receiver((list, _, _) => Task.CompletedTask).ReceiveAsync([], null, Cancellation);

    private EscalationReceiver Receiver(Func<IReadOnlyList<Escalation>, Func<int, EscalationResult, Task>, CancellationToken, Task> process) => new(
        process, (_, _, _) => Task.CompletedTask, FakeTime.Patience(_time), _time, new LockedRandom(1), NullLogger<EscalationReceiver>.Instance);
}
