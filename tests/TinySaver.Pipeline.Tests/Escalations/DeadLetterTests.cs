using Azure;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using TinySaver.Core.Escalations;
using TinySaver.Core.Failures;
using TinySaver.Core.Labels;
using TinySaver.Pipeline.Escalations;
using TinySaver.Pipeline.Tests.InMemory;
using TinySaver.Pipeline.Tests.Outages;
using TinySaver.Pipeline.Tests.Stages;

namespace TinySaver.Pipeline.Tests.Escalations;

/// <summary>What the receiver makes of escalations that the queue has given up.</summary>
public sealed class DeadLetterTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<(string Name, string Detail)> _givenUp = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task RecordDeadLetterAsync_Escalation_WritesTheFailedRowWithTheReason()
    {
        using var cascade = new TestCascade();
        await using var pipeline = new MemoryPipeline(cascade);
        MemoryMessage escalated = await pipeline.EscalateAsync("sad.bmp", TestImages.Unsure);
        var letter = new MemoryMessage(escalated.Body) { DeadLetterReason = "Delivered too often." };

        Assert.True(await Receiver(pipeline.Large.GiveUpAsync).RecordDeadLetterAsync(letter, Cancellation));

        LabelRow row = (await pipeline.RowAsync("sad.bmp"))!;
        Assert.Equal((LabelStatus.Failed, FailureReason.RetriesExhausted, "Delivered too often."), (row.Status, row.Reason, row.ReasonDetail));
        Assert.NotNull(row.TinyConfidence);
        Assert.Equal((row.TinyLabel, row.TinyClassIndex), ("red", 0));
    }

    [Fact]
    public async Task RecordDeadLetterAsync_Outage_IsWaitedOut()
    {
        DateTimeOffset end = _time.GetUtcNow() + TimeSpan.FromMinutes(3);
        EscalationReceiver receiver = Receiver((escalation, detail, _) =>
        {
            if (_time.GetUtcNow() < end)
                throw new RequestFailedException(0, "storage is away");

            _givenUp.Add((escalation.Name, detail));
            return Task.CompletedTask;
        });

        Task receiving = receiver.RecordDeadLetterAsync(MemoryMessage.Of("sad"), Cancellation);
        _time.PassUntil(receiving, TimeSpan.FromSeconds(1));
        await receiving;

        Assert.Equal("sad", Assert.Single(_givenUp).Name);
    }

    [Fact]
    public async Task RecordDeadLetterAsync_NoEscalation_IsDoneWith()
    {
        EscalationReceiver receiver = Receiver((escalation, detail, _) =>
        {
            _givenUp.Add((escalation.Name, detail));
            return Task.CompletedTask;
        });

        Assert.False(await receiver.RecordDeadLetterAsync(new MemoryMessage("not json"u8.ToArray()), Cancellation));
        Assert.False(await receiver.RecordDeadLetterAsync(new MemoryMessage(default) { BodyFault = new NotSupportedException() }, Cancellation));
        Assert.Empty(_givenUp);
    }

    [Fact]
    public async Task RecordDeadLettersAsync_OneThatCannotBeRecorded_HoldsUpNoOther()
    {
        MemoryMessage[] letters = [MemoryMessage.Of("first"), MemoryMessage.Of("bad"), new("not json"u8.ToArray()), MemoryMessage.Of("last")];
        int recorded = 0;
        EscalationReceiver receiver = Receiver((escalation, detail, _) =>
        {
            _givenUp.Add((escalation.Name, detail));
            return escalation.Name == "bad" ? throw new InvalidOperationException("its row") : Task.CompletedTask;
        });

        await receiver.RecordDeadLettersAsync(letters, () => recorded++, Cancellation);

        Assert.Equal(["first", "bad", "last"], _givenUp.Select(g => g.Name));
        Assert.Equal([true, false, true, true], letters.Select(l => l.Settled == Settlement.Complete));
        Assert.Equal(2, recorded);
    }

    private EscalationReceiver Receiver(Func<Escalation, string, CancellationToken, Task> giveUp) => new(
        (_, _, _) => Task.CompletedTask, giveUp, FakeTime.Patience(_time), _time, new LockedRandom(1), NullLogger<EscalationReceiver>.Instance);
}
