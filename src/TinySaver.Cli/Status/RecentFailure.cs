namespace TinySaver.Cli.Status;

/// <summary>An image that failed.</summary>
/// <param name="Name">Its blob name.</param>
/// <param name="Reason">The reason's name.</param>
/// <param name="Message">What was found.</param>
/// <param name="At">When its row was written.</param>
internal sealed record RecentFailure(string Name, string? Reason, string? Message, DateTimeOffset At);
