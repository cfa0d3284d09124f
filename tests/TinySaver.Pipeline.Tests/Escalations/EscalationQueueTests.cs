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

    protected override Task<IEscalations> CreateAsync() => Task.FromResult<IEscalations>(_queue);

    protected override Task SendTextAsync(string text) => _queue.SendTextAsync(text);

    protected override Task PassLockAsync()
    {
        _time.Advance(TimeSpan.FromSeconds(61));
        return Task.CompletedTask;
    }
}

public sealed class StorageEscalationsTests(AzuriteFixture azurite) : EscalationQueueContract
{
    private readonly StorageOptions _options = azurite.NewOptions();

    protected override async Task<IEscalations> CreateAsync()
    {
        var queue = new StorageEscalations(AzuriteFixture.Connect(_options).Queues, _options);
        await queue.EnsureCreatedAsync(Cancellation);
        await queue.EnsureCreatedAsync(Cancellation);
        return queue;
    }

    protected override Task SendTextAsync(string text) =>
        AzuriteFixture.Connect(_options).Queues.GetQueueClient(_options.EscalationsQueue).SendMessageAsync(text, Cancellation);

    // The emulator's clock cannot be set: its shortest lock, and a little.
    protected override Task PassLockAsync() => Task.Delay(_options.EscalationLock + TimeSpan.FromMilliseconds(200), Cancellation);
}
