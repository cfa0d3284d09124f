namespace TinySaver.Cli.Status;

/// <summary>An image that waits.</summary>
/// <param name="Name">Its blob name.</param>
/// <param name="For"><c>tiny</c> or <c>large</c>: the stage that it waits for.</param>
/// <param name="Since">When its present version was written.</param>
/// <param name="Seconds">How long ago that is.</param>
internal sealed record WaitingImage(string Name, string For, DateTimeOffset Since, double Seconds);
