namespace TinySaver.Cli.Predictions;

/// <summary>An image that could not be predicted.</summary>
/// <param name="Id">The image's id.</param>
/// <param name="Reason">The reason's name.</param>
/// <param name="Message">What was found, for people.</param>
internal sealed record SkippedImage(string Id, string Reason, string Message);
