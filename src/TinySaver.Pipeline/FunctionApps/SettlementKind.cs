namespace TinySaver.Pipeline.FunctionApps;

/// <summary>What is done with a Service Bus message.</summary>
public enum SettlementKind
{
    /// <summary>It is removed.</summary>
    Complete,

    /// <summary>It is delivered again.</summary>
    Abandon,

    /// <summary>It is moved to the dead-letter queue.</summary>
    DeadLetter,
}
