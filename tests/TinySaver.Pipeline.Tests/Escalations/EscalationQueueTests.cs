using Azure.Core;
using Azure.Storage.Queues.Models;
using Microsoft.Extensions.Time.Testing;
using TinySaver.Pipeline.Escalations;
using TinySaver.Pipeline.Storage;
using TinySaver.Pipeline.Tests.Emulator;
using TinySaver.Pipeline.Tests.InMemory;
using TinySaver.Pipeline.Tests.Storage;

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

    [Fact]
    public async Task SettleAsync_DeadLetter_IsSentBeforeTheMessageIsRemoved()
    {
        await CreateAsync();
        var order = new List<string>();
        var faults = new Faults
        {
            CrashBefore = operation =>
            {
                order.Add(operation);
                return false;
            },
        };
        var clients = StorageClients.Create(_options, o =>
        {
            AzuriteFixture.NoRetries(o);
            o.AddPolicy(new FaultPolicy(faults), HttpPipelinePosition.PerCall);
        });
        var queue = new StorageEscalations(clients.Queues, _options);
        await SendTextAsync("x");
        IEscalationMessage message = Assert.Single(await queue.ReceiveAsync(1, Cancellation));

        await message.SettleAsync(new Settlement(SettlementKind.DeadLetter, "r", "d"), Cancellation);

        // A crash in between leaves two messages, and the other way round none.
        Assert.Equal(["escalations.send", "escalations.complete"], order);
    }

    [Fact]
    public async Task SendAsync_Messages_NeverExpire()
    {
        IEscalations queue = await CreateAsync();
        await queue.SendAsync(SampleEscalation.Of("a"), Cancellation);
        await queue.SendAsync(SampleEscalation.Of("b"), Cancellation);
        IEscalationMessage message = Assert.Single(await queue.ReceiveAsync(1, Cancellation));
        await message.SettleAsync(new Settlement(SettlementKind.DeadLetter, "r", "d"), Cancellation);

        foreach (string name in (string[])[_options.EscalationsQueue, $"{_options.EscalationsQueue}-dead"])
        {
            PeekedMessage peeked = (await AzuriteFixture.Connect(_options).Queues.GetQueueClient(name).PeekMessageAsync(Cancellation)).Value;
            Assert.True(peeked.ExpiresOn > DateTimeOffset.UtcNow.AddYears(100), $"{name}: {peeked.ExpiresOn}");
        }
    }

    // The emulator's clock cannot be set: its shortest lock, and a little.
    protected override Task PassLockAsync() => Task.Delay(_options.EscalationLock + TimeSpan.FromMilliseconds(200), Cancellation);
}
