using System.Runtime.CompilerServices;
using TinySaver.Core.Jobs;

namespace TinySaver.Pipeline.Jobs;

/// <summary>Finds the jobs that somebody may have to look after.</summary>
public static class UnfinishedJobs
{
    /// <summary>The jobs that are not finished, with their counts.</summary>
    public static async IAsyncEnumerable<StoredJob> UnfinishedAsync(this IJobStore jobs, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (JobRow row in jobs.ListAsync(cancellationToken).ConfigureAwait(false))
        {
            if (row.FinishedAt is null && await jobs.GetAsync(row.Id, cancellationToken).ConfigureAwait(false) is { } job)
                yield return job;
        }
    }
}
