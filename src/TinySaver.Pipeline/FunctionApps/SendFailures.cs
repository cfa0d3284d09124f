using TinySaver.Core.Failures;

namespace TinySaver.Pipeline.FunctionApps;

/// <summary>Puts what Service Bus says into words for the person who has to act.</summary>
public static class SendFailures
{
    /// <summary>The failure to throw where the SDK, after its own tries, could not send an escalation, by the name of its <c>ServiceBusFailureReason</c>.</summary>
    /// <returns>
    /// An <see cref="IOException"/>, which says nothing against the image and is waited out, be it until the service answers or
    /// until somebody has acted; or a <see cref="TinySaverException"/> where it is this message that cannot be sent.
    /// </returns>
    public static Exception Explain(Exception failure, string reason, string queue, string serviceBus)
    {
        return reason switch
        {
            "MessageSizeExceeded" => new TinySaverException(
                $"The queue '{queue}' in {serviceBus} refuses the message for its size, which Service Bus Standard (256 KB) would not; raise the queue's limit.",
                failure),
            "MessagingEntityNotFound" => new IOException(
                $"There is no queue '{queue}' in {serviceBus}; create it, or correct the setting {FunctionAppOptions.EscalationsConnection}.", failure),
            "MessagingEntityDisabled" => new IOException($"The queue '{queue}' in {serviceBus} does not take messages; enable it.", failure),
            "QuotaExceeded" => new IOException(
                $"The queue '{queue}' in {serviceBus} is full; the large app does not keep up or does not run: look at its log, or give the queue more room.",
                failure),
            _ => new IOException($"Service Bus {serviceBus} does not take a message for the queue '{queue}': {failure.Message}", failure),
        };
    }

    /// <summary>The failure to throw where Service Bus refuses the app's identity.</summary>
    public static Exception Unauthorized(Exception failure, string queue, string serviceBus) => new IOException(
        $"The app may not send to the queue '{queue}' in {serviceBus}; give its identity the role Azure Service Bus Data Sender on the queue, " +
        $"or correct the setting {FunctionAppOptions.EscalationsConnection}.",
        failure);

    /// <summary>Why Service Bus made a dead letter of an escalation after so many deliveries, for the failed row.</summary>
    public static string DeadLettered(long deliveries, string? reason, string? description) =>
        $"Dead-lettered after {deliveries} deliveries: {reason ?? "no reason was given"}. {description}".TrimEnd();
}
