namespace TinySaver.Pipeline.FunctionApps;

/// <summary>What tells the tiny function app of new images; exactly one does.</summary>
public enum BlobTriggerKind
{
    /// <summary>Event Grid calls the app: at once, and the only source that Flex Consumption has.</summary>
    EventGrid,

    /// <summary>The Functions host lists the container again and again: for local runs, since Azurite raises no events.</summary>
    Polling,
}
