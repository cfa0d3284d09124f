using TinySaver.Core.Jobs;

namespace TinySaver.Pipeline.Jobs;

/// <summary>Ends a job before its end.</summary>
internal static class JobStop
{
    // Sent before the row is written, for the case that whoever writes it dies at once.
    private static readonly TimeSpan IfForgotten = TimeSpan.FromMinutes(1);

    /// <summary>Stops a job: nothing new is begun for it, and what is labelled stays.</summary>
    /// <param name="jobs">The jobs.</param>
    /// <param name="messages">Carry on with it, to write its summary.</param>
    /// <param name="id">The job's name.</param>
    /// <param name="state">Cancelled or failed.</param>
    /// <param name="reason">Why, for people.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The job as it is now: stopped, or ended before; null where there is none of that name.</returns>
    public static async Task<StoredJob?> StopAsync(
        this IJobStore jobs, IJobMessages messages, string id, JobState state, string reason, CancellationToken cancellationToken)
    {
        while (await jobs.GetAsync(id, cancellationToken).ConfigureAwait(false) is { } stored)
        {
            if (!stored.Row.IsOver)
            {
                await messages.SendJobAsync(stored.Row.Request, IfForgotten, cancellationToken).ConfigureAwait(false);
                if (!await jobs.TryReplaceAsync(stored.Row with { State = state, Reason = reason }, stored.Tag, [], cancellationToken).ConfigureAwait(false))
                    continue;
            }

            if (stored.Row.FinishedAt is null)
                await messages.SendJobAsync(stored.Row.Request, TimeSpan.Zero, cancellationToken).ConfigureAwait(false);

            return await jobs.GetAsync(id, cancellationToken).ConfigureAwait(false);
        }

        return null;
    }
}
