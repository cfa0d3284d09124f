namespace TinySaver.Pipeline.FunctionApps;

/// <summary>A batch of locked messages as a trigger hands it over: Service Bus in the large app, memory in tests.</summary>
public interface IEscalationMessages
{
    /// <summary>How many there are.</summary>
    int Count { get; }

    /// <summary>A message's body, UTF-8 JSON.</summary>
    ReadOnlyMemory<byte> Body(int index);

    /// <summary>How often a message has been delivered, this time included.</summary>
    int DeliveryCount(int index);

    /// <summary>Settles a message.</summary>
    Task SettleAsync(int index, Settlement settlement, CancellationToken cancellationToken);

    /// <summary>Starts a message's lock anew.</summary>
    Task RenewLockAsync(int index, CancellationToken cancellationToken);
}
