using TinySaver.Core.Escalations;
using TinySaver.Core.Failures;
using TinySaver.Pipeline.Escalations;
using TinySaver.Pipeline.Tests.InMemory;

namespace TinySaver.Pipeline.Tests.Escalations;

/// <summary>What every escalation queue with a receiving end does. Deliveries end after three.</summary>
public abstract class EscalationQueueContract
{
    protected const int MaxDeliveries = 3;

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected abstract Task<(IEscalationSender Sender, IEscalationReceiver Receiver)> CreateAsync();

    protected abstract Task SendTextAsync(string text);

    /// <summary>Lets every lock end that is not renewed.</summary>
    protected abstract Task PassLockAsync();

    protected abstract Task<IReadOnlyList<DeadLetter>> DeadLettersAsync();

    [Fact]
    public async Task ReceiveAsync_SentEscalation_ArrivesOnceAndIsGoneWhenCompleted()
    {
        (IEscalationSender sender, IEscalationReceiver receiver) = await CreateAsync();
        await sender.SendAsync(Sample("ä 😀 <&>'\".jpg"), Cancellation);
        Assert.Equal(1, await sender.GetBacklogAsync(Cancellation));

        ReceivedEscalation message = Assert.Single(await receiver.ReceiveAsync(10, Cancellation));

        Assert.Equal("ä 😀 <&>'\".jpg", message.Read().Name);
        Assert.Equal(1, message.DeliveryCount);
        Assert.Empty(await receiver.ReceiveAsync(10, Cancellation));
        Assert.True(await receiver.CompleteAsync(message, Cancellation));
        Assert.Equal(0, await sender.GetBacklogAsync(Cancellation));
        await PassLockAsync();
        Assert.Empty(await receiver.ReceiveAsync(10, Cancellation));
    }

    [Fact]
    public async Task ReceiveAsync_MoreThanOneRequestGives_ArrivesWhole()
    {
        (IEscalationSender sender, IEscalationReceiver receiver) = await CreateAsync();
        await Parallel.ForEachAsync(Enumerable.Range(0, 50), Cancellation, async (i, token) => await sender.SendAsync(Sample($"{i}"), token));

        Assert.Equal(40, (await receiver.ReceiveAsync(40, Cancellation)).Select(m => m.Read().Name).Distinct().Count());
        Assert.Equal(10, (await receiver.ReceiveAsync(40, Cancellation)).Count);
    }

    [Fact]
    public async Task ReceiveAsync_LockThatEnds_DeliversAgain_AndTheFirstReceiverHasLostIt()
    {
        (IEscalationSender sender, IEscalationReceiver receiver) = await CreateAsync();
        await sender.SendAsync(Sample("a"), Cancellation);
        ReceivedEscalation first = Assert.Single(await receiver.ReceiveAsync(1, Cancellation));
        await PassLockAsync();

        ReceivedEscalation second = Assert.Single(await receiver.ReceiveAsync(1, Cancellation));

        Assert.Equal(2, second.DeliveryCount);
        Assert.False(await receiver.RenewAsync(first, Cancellation));
        Assert.False(await receiver.CompleteAsync(first, Cancellation));
        Assert.True(await receiver.CompleteAsync(second, Cancellation));
    }

    [Fact]
    public async Task RenewAsync_LockedMessage_CanStillBeCompletedAndOnlyOnce()
    {
        (IEscalationSender sender, IEscalationReceiver receiver) = await CreateAsync();
        await sender.SendAsync(Sample("a"), Cancellation);
        ReceivedEscalation message = Assert.Single(await receiver.ReceiveAsync(1, Cancellation));

        Assert.True(await receiver.RenewAsync(message, Cancellation));
        Assert.True(await receiver.RenewAsync(message, Cancellation));
        Assert.Empty(await receiver.ReceiveAsync(1, Cancellation));
        Assert.True(await receiver.CompleteAsync(message, Cancellation));
        Assert.False(await receiver.CompleteAsync(message, Cancellation));
    }

    [Fact]
    public async Task AbandonAsync_LockedMessage_ArrivesAgainUntilItIsDeadLettered()
    {
        (IEscalationSender sender, IEscalationReceiver receiver) = await CreateAsync();
        await sender.SendAsync(Sample("a"), Cancellation);
        for (int delivery = 1; delivery <= MaxDeliveries; delivery++)
        {
            ReceivedEscalation message = Assert.Single(await receiver.ReceiveAsync(1, Cancellation));
            Assert.Equal(delivery, message.DeliveryCount);
            Assert.True(await receiver.AbandonAsync(message, TimeSpan.Zero, $"failure {delivery}", Cancellation));
            Assert.False(await receiver.CompleteAsync(message, Cancellation));
        }

        Assert.Empty(await receiver.ReceiveAsync(1, Cancellation));
        DeadLetter letter = Assert.Single(await DeadLettersAsync());
        Assert.Equal("failure 3", letter.Reason);
        Assert.Equal("a", EscalationJson.Read(System.Text.Encoding.UTF8.GetBytes(letter.Message)).Name);
    }

    [Fact]
    public async Task ReceiveAsync_NeverSettledMessage_IsDeadLetteredInsteadOfDeliveredAgain()
    {
        (IEscalationSender sender, IEscalationReceiver receiver) = await CreateAsync();
        await sender.SendAsync(Sample("a"), Cancellation);
        for (int delivery = 1; delivery <= MaxDeliveries; delivery++)
        {
            Assert.Single(await receiver.ReceiveAsync(1, Cancellation));
            await PassLockAsync();
        }

        Assert.Empty(await receiver.ReceiveAsync(1, Cancellation));
        Assert.Contains("delivered 3 times", Assert.Single(await DeadLettersAsync()).Reason, StringComparison.Ordinal);
        Assert.Equal(0, await sender.GetBacklogAsync(Cancellation));
    }

    [Fact]
    public async Task DeadLetterAsync_LongestEscalation_IsKeptWhole()
    {
        (IEscalationSender sender, IEscalationReceiver receiver) = await CreateAsync();
        string quotes = new('"', 10_000);
        Escalation longest = Sample("a") with { Tiny = new TinyAnswer(0, quotes, 0, []) };
        await sender.SendAsync(longest, Cancellation);
        ReceivedEscalation message = Assert.Single(await receiver.ReceiveAsync(1, Cancellation));

        Assert.True(await receiver.DeadLetterAsync(message, new string('\u0001', 100_000)[..2_000], Cancellation));

        DeadLetter letter = Assert.Single(await DeadLettersAsync());
        Assert.Equal(quotes, EscalationJson.Read(System.Text.Encoding.UTF8.GetBytes(letter.Message)).Tiny!.Label);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("{\"v\":9}")]
    public async Task Read_ForeignMessage_IsMalformedAndHoldsUpNoOther(string text)
    {
        (IEscalationSender sender, IEscalationReceiver receiver) = await CreateAsync();
        await SendTextAsync(text);
        await sender.SendAsync(Sample("a"), Cancellation);

        IReadOnlyList<ReceivedEscalation> messages = await receiver.ReceiveAsync(10, Cancellation);

        Assert.Equal(2, messages.Count);
        Assert.Equal(FailureReason.MalformedMessage, Assert.Throws<PermanentFailureException>(() => messages[0].Read()).Reason);
        Assert.Equal("a", messages[1].Read().Name);
    }

    private static Escalation Sample(string name) => new()
    {
        Container = "images",
        Name = name,
        ETag = "0x1",
        LastModified = DateTimeOffset.UnixEpoch,
        Tiny = new TinyAnswer(0, "cat", 0.5, []),
        Policy = "p",
        EnqueuedAt = DateTimeOffset.UnixEpoch,
    };
}
