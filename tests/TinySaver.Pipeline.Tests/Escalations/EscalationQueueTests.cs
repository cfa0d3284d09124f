using Microsoft.Extensions.Time.Testing;
using TinySaver.Pipeline.Escalations;
using TinySaver.Pipeline.Storage;
using TinySaver.Pipeline.Tests.Emulator;
using TinySaver.Pipeline.Tests.InMemory;

namespace TinySaver.Pipeline.Tests.Escalations;

public sealed class InMemoryEscalationsTests : EscalationQueueContract
{
    private readonly FakeTimeProvider _time = new();
    private readonly InMemoryEscalations _queue;

    public InMemoryEscalationsTests() => _queue = new InMemoryEscalations(_time, TimeSpan.FromSeconds(60), MaxDeliveries);

    protected override Task<(IEscalationSender Sender, IEscalationReceiver Receiver)> CreateAsync() =>
        Task.FromResult<(IEscalationSender, IEscalationReceiver)>((_queue, _queue));

    protected override Task SendTextAsync(string text) => _queue.SendTextAsync(text);

    protected override Task PassLockAsync()
    {
        _time.Advance(TimeSpan.FromSeconds(61));
        return Task.CompletedTask;
    }

    protected override Task<IReadOnlyList<DeadLetter>> DeadLettersAsync() => Task.FromResult(_queue.DeadLetters);
}

public sealed class StorageEscalationsTests(AzuriteFixture azurite) : EscalationQueueContract
{
    private readonly StorageOptions _options = azurite.NewOptions();

    protected override async Task<(IEscalationSender Sender, IEscalationReceiver Receiver)> CreateAsync()
    {
        var queue = new StorageEscalations(AzuriteFixture.Connect(_options).Queues, _options);
        await queue.EnsureCreatedAsync(Cancellation);
        await queue.EnsureCreatedAsync(Cancellation);
        return (queue, new StorageReceiver(queue));
    }

    protected override Task SendTextAsync(string text) =>
        AzuriteFixture.Connect(_options).Queues.GetQueueClient(_options.EscalationsQueue).SendMessageAsync(text, Cancellation);

    // The emulator's clock cannot be set: its shortest lock, and a little.
    protected override Task PassLockAsync() => Task.Delay(_options.EscalationLock + TimeSpan.FromMilliseconds(200), Cancellation);

    protected override async Task<IReadOnlyList<DeadLetter>> DeadLettersAsync()
    {
        var queue = new StorageEscalations(AzuriteFixture.Connect(_options).Queues, _options);
        long count = await queue.GetDeadLetterCountAsync(Cancellation);
        IReadOnlyList<ReceivedDeadLetter> received = await queue.ReceiveDeadLettersAsync(10, Cancellation);
        foreach (ReceivedDeadLetter letter in received)
        {
            Assert.True(await queue.CompleteAsync(letter, Cancellation));
        }

        Assert.Equal(count, received.Count);
        return [.. received.Select(r => r.Read())];
    }
}
