using TinySaver.Pipeline.Telemetry;

namespace TinySaver.Pipeline.Jobs;

/// <summary>Measures by the clock how far the unfinished jobs are, because one that stands still says nothing by itself.</summary>
public sealed class JobWatch(IJobStore jobs, PipelineTelemetry telemetry, TimeProvider time)
{
    /// <summary>Measures each once.</summary>
    public async Task MeasureAsync(CancellationToken cancellationToken)
    {
        await foreach (StoredJob job in jobs.UnfinishedAsync(cancellationToken).ConfigureAwait(false))
            telemetry.Job(job.Row.Id, job.Row.Images - job.Counts.Images, job.StandstillAt(time.GetUtcNow()));
    }
}
