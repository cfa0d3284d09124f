namespace TinySaver.Pipeline.Storage;

/// <summary>A queue message that nobody else receives until its lock ends.</summary>
/// <remarks>Renewing, completing and abandoning each need the newest receipt, so they take turns.</remarks>
internal sealed class QueueLease(string messageId, string receipt, string text, long deliveryCount)
{
    /// <summary>The message's id.</summary>
    public string MessageId { get; } = messageId;

    /// <summary>The message's text.</summary>
    public string Text { get; } = text;

    /// <summary>How often it was received, this time included.</summary>
    public long DeliveryCount { get; } = deliveryCount;

    /// <summary>The newest receipt; null once the message is settled or the lock is known to be lost.</summary>
    public string? Receipt { get; set; } = receipt;

    /// <summary>Lets one operation at a time use the receipt.</summary>
    public SemaphoreSlim Turn { get; } = new(1, 1);
}
