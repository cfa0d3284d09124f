namespace TinySaver.Pipeline.Images;

/// <summary>An image as a trigger announces it.</summary>
/// <param name="Name">The blob name.</param>
/// <param name="ETag">The announced version's ETag without quotes; null where the trigger does not say, which means whichever is there.</param>
public sealed record ImageReference(string Name, string? ETag = null);
