namespace TinySaver.Cli.Retry;

/// <summary>What a retry came to; the object that <c>--json</c> prints.</summary>
/// <param name="Images">Images that were chosen.</param>
/// <param name="Resubmitted">Images put back into the pipeline.</param>
/// <param name="Gone">Images that are no longer in the container.</param>
/// <param name="Cancelled">Whether it was stopped before its end.</param>
internal sealed record RetrySummary(int Images, int Resubmitted, int Gone, bool Cancelled);
