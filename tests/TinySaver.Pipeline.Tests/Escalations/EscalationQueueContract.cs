using TinySaver.Core.Escalations;
using TinySaver.Core.Failures;
using TinySaver.Pipeline.Escalations;

namespace TinySaver.Pipeline.Tests.Escalations;

/// <summary>What every escalation queue with a receiving end does. Deliveries end after three.</summary>
public abstract class EscalationQueueContract
{
    protected const int MaxDeliveries = 3;

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected abstract Task<IEscalations> CreateAsync();

    protected abstract Task SendTextAsync(string text);

    /// <summary>Lets every lock end that is not renewed.</summary>
    protected abstract Task PassLockAsync();

    [Fact]
    public async Task ReceiveAsync_SentEscalation_ArrivesOnceAndIsGoneWhenCompleted()
    {
        IEscalations queue = await CreateAsync();
        await queue.SendAsync(SampleEscalation.Of("ä 😀 <&>'\"\u001b\uFFFE.jpg"), Cancellation);
        Assert.Equal(1, await queue.GetBacklogAsync(Cancellation));

        IEscalationMessage message = Assert.Single(await queue.ReceiveAsync(10, Cancellation));

        Assert.Equal("ä 😀 <&>'\"\u001b\uFFFE.jpg", Read(message).Name);
        Assert.Equal(1, message.DeliveryCount);
        Assert.Empty(await queue.ReceiveAsync(10, Cancellation));
        Assert.True(await message.SettleAsync(Settlement.Complete, Cancellation));
        Assert.Equal(0, await queue.GetBacklogAsync(Cancellation));
        await PassLockAsync();
        Assert.Empty(await queue.ReceiveAsync(10, Cancellation));
    }

    [Fact]
    public async Task ReceiveAsync_MoreThanOneRequestGives_ArrivesWhole()
    {
        IEscalations queue = await CreateAsync();
        await Parallel.ForEachAsync(Enumerable.Range(0, 50), Cancellation, async (i, token) => await queue.SendAsync(SampleEscalation.Of($"{i}"), token));

        Assert.Equal(40, (await queue.ReceiveAsync(40, Cancellation)).Select(m => Read(m).Name).Distinct().Count());
        Assert.Equal(10, (await queue.ReceiveAsync(40, Cancellation)).Count);
    }

    [Fact]
    public async Task ReceiveAsync_LockThatEnds_DeliversAgain_AndTheFirstReceiverHasLostIt()
    {
        IEscalations queue = await CreateAsync();
        await queue.SendAsync(SampleEscalation.Of("a"), Cancellation);
        IEscalationMessage first = Assert.Single(await queue.ReceiveAsync(1, Cancellation));
        await PassLockAsync();

        IEscalationMessage second = Assert.Single(await queue.ReceiveAsync(1, Cancellation));

        Assert.Equal(2, second.DeliveryCount);
        Assert.False(await first.RenewLockAsync(Cancellation));
        Assert.False(await first.SettleAsync(Settlement.Complete, Cancellation));
        Assert.True(await second.SettleAsync(Settlement.Complete, Cancellation));
    }

    [Fact]
    public async Task RenewAsync_LockedMessage_CanStillBeCompletedAndOnlyOnce()
    {
        IEscalations queue = await CreateAsync();
        await queue.SendAsync(SampleEscalation.Of("a"), Cancellation);
        IEscalationMessage message = Assert.Single(await queue.ReceiveAsync(1, Cancellation));

        Assert.True(await message.RenewLockAsync(Cancellation));
        Assert.True(await message.RenewLockAsync(Cancellation));
        Assert.Empty(await queue.ReceiveAsync(1, Cancellation));
        Assert.True(await message.SettleAsync(Settlement.Complete, Cancellation));
        Assert.False(await message.SettleAsync(Settlement.Complete, Cancellation));
    }

    [Fact]
    public async Task AbandonAsync_LockedMessage_ArrivesAgainUntilItIsDeadLettered()
    {
        IEscalations queue = await CreateAsync();
        await queue.SendAsync(SampleEscalation.Of("a"), Cancellation);
        for (int delivery = 1; delivery <= MaxDeliveries; delivery++)
        {
            IEscalationMessage message = Assert.Single(await queue.ReceiveAsync(1, Cancellation));
            Assert.Equal(delivery, message.DeliveryCount);
            Assert.True(await message.SettleAsync(Settlement.Abandon($"failure {delivery}"), Cancellation));
            Assert.False(await message.SettleAsync(Settlement.Complete, Cancellation));
        }

        Assert.Empty(await queue.ReceiveAsync(1, Cancellation));
        IEscalationMessage letter = Assert.Single(await queue.ReceiveDeadLettersAsync(10, Cancellation));
        Assert.Equal("failure 3", letter.DeadLetterReason);
        Assert.Equal("a", Read(letter).Name);
    }

    [Fact]
    public async Task ReceiveAsync_NeverSettledMessage_IsDeadLetteredInsteadOfDeliveredAgain()
    {
        IEscalations queue = await CreateAsync();
        await queue.SendAsync(SampleEscalation.Of("a"), Cancellation);
        for (int delivery = 1; delivery <= MaxDeliveries; delivery++)
        {
            Assert.Single(await queue.ReceiveAsync(1, Cancellation));
            await PassLockAsync();
        }

        Assert.Empty(await queue.ReceiveAsync(1, Cancellation));
        Assert.Contains("delivered 3 times", Assert.Single(await queue.ReceiveDeadLettersAsync(10, Cancellation)).DeadLetterReason, StringComparison.Ordinal);
        Assert.Equal(0, await queue.GetBacklogAsync(Cancellation));
    }

    [Fact]
    public async Task DeadLetterAsync_LongestEscalation_IsKeptWhole()
    {
        IEscalations queue = await CreateAsync();
        string quotes = new('"', 10_000);
        Escalation longest = SampleEscalation.Of("a") with { Tiny = new TinyAnswer(0, quotes, 0, []) };
        await queue.SendAsync(longest, Cancellation);
        IEscalationMessage message = Assert.Single(await queue.ReceiveAsync(1, Cancellation));

        Assert.True(await message.SettleAsync(new Settlement(SettlementKind.DeadLetter, "r", new string('\u0001', 2_000)), Cancellation));

        IEscalationMessage letter = Assert.Single(await queue.ReceiveDeadLettersAsync(10, Cancellation));
        Assert.Equal(quotes, Read(letter).Tiny!.Label);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("{\"v\":9}")]
    public async Task Read_ForeignMessage_IsMalformedAndHoldsUpNoOther(string text)
    {
        IEscalations queue = await CreateAsync();
        await SendTextAsync(text);
        await queue.SendAsync(SampleEscalation.Of("a"), Cancellation);

        IReadOnlyList<IEscalationMessage> messages = await queue.ReceiveAsync(10, Cancellation);

        Assert.Equal(2, messages.Count);
        Assert.Equal(FailureReason.MalformedMessage, Assert.Throws<PermanentFailureException>(() => Read(messages[0])).Reason);
        Assert.Equal("a", Read(messages[1]).Name);
    }

    private static Escalation Read(IEscalationMessage message) => EscalationJson.Read(message.Body);
}
