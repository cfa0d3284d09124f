using Azure.Messaging.ServiceBus;
using TinySaver.Core.Escalations;

namespace TinySaver.Functions.Tiny;

/// <summary>Makes the Service Bus message of an escalation.</summary>
internal static class EscalationMessage
{
    /// <summary>The message: its id is the image version's, so that the queue's duplicate detection drops what is sent twice.</summary>
    public static ServiceBusMessage Create(Escalation escalation)
    {
        var message = new ServiceBusMessage(EscalationJson.Write(escalation))
        {
            MessageId = escalation.MessageId,
            ContentType = "application/json",
            Subject = "escalation",
            ApplicationProperties = { ["policy"] = escalation.Policy, ["shadow"] = escalation.Shadow },
        };
        if (escalation.TraceParent is { } parent)
        {
            // Both names are the SDK's; where they are set it does not overwrite them.
            message.ApplicationProperties["Diagnostic-Id"] = parent;
            message.ApplicationProperties["traceparent"] = parent;
        }

        if (escalation.TraceState is { } state)
            message.ApplicationProperties["tracestate"] = state;

        return message;
    }
}
