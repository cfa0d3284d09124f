namespace TinySaver.Pipeline.FunctionApps;

/// <summary>Sorts what can go wrong when an escalation is sent to Service Bus.</summary>
/// <remarks>
/// The reasons are the names of the SDK's <c>ServiceBusFailureReason</c>. A transient failure is thrown as it is: the SDK has
/// tried again already, and the blob trigger will. A lasting one needs a person, who is told what to do.
/// </remarks>
public static class SendFailures
{
    /// <summary>What a person has to do about a lasting failure; null for a passing one.</summary>
    /// <param name="reason">The reason's name.</param>
    /// <param name="isTransient">Whether the SDK counts it as passing.</param>
    /// <param name="queue">The queue.</param>
    /// <param name="serviceBus">The namespace's host name.</param>
    public static string? Remedy(string reason, bool isTransient, string queue, string serviceBus) => (reason, isTransient) switch
    {
        (_, true) => null,
        ("MessagingEntityNotFound", _) =>
            $"There is no queue '{queue}' in {serviceBus}; create it, or correct the setting {FunctionAppOptions.EscalationsConnection}.",
        ("MessagingEntityDisabled", _) => $"The queue '{queue}' in {serviceBus} does not take messages; enable it.",
        ("QuotaExceeded", _) =>
            $"The queue '{queue}' in {serviceBus} is full; the large app does not keep up or does not run: look at its log, or give the queue more room.",
        ("MessageSizeExceeded", _) =>
            $"The queue '{queue}' in {serviceBus} refuses the message for its size, which Service Bus Standard (256 KB) would not; raise the queue's limit.",
        _ => null,
    };

    /// <summary>What a person has to do where Service Bus refuses the app's identity.</summary>
    public static string Unauthorized(string queue, string serviceBus) =>
        $"The app may not send to the queue '{queue}' in {serviceBus}; give its identity the role Azure Service Bus Data Sender on the queue, " +
        $"or correct the setting {FunctionAppOptions.EscalationsConnection}.";
}
