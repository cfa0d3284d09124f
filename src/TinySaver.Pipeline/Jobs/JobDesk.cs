using TinySaver.Core.Jobs;
using TinySaver.Core.Names;

namespace TinySaver.Pipeline.Jobs;

/// <summary>What is answered to a web request about a job.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">JSON.</param>
/// <param name="Id">The job's name; null where there is none.</param>
public sealed record JobReply(int Status, string Body, string? Id = null);

/// <summary>Where jobs are submitted, asked about and cancelled, by the command line and by the function app.</summary>
public sealed class JobDesk(IJobStore jobs, IJobMessages messages, TimeProvider time)
{
    /// <summary>A name for a job that has none: the time, to the second, and a few digits.</summary>
    public string NewId() => FormattableString.Invariant($"job-{time.GetUtcNow():yyyyMMdd-HHmmss}-{Guid.NewGuid().ToString("N")[..4]}");

    /// <summary>Enters a job and sends its message; doing so again changes nothing.</summary>
    /// <exception cref="InvalidJobException">There is another job of that name.</exception>
    public async Task SubmitAsync(JobRequest request, CancellationToken cancellationToken)
    {
        string text = JobJson.Write(request);
        var row = new JobRow { Id = request.Id, Request = text, SubmittedAt = time.GetUtcNow() };
        if (!await jobs.TryInsertAsync(row, cancellationToken).ConfigureAwait(false)
            && (await jobs.GetAsync(request.Id, cancellationToken).ConfigureAwait(false))?.Row.Request != text)
        {
            throw new InvalidJobException($"There is another job '{request.Id}' already. Give this one another name.", request.Id);
        }

        await messages.SendJobAsync(text, TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Cancels a job: nothing new is begun for it, and what is labelled stays.</summary>
    /// <returns>The job as it is now; null where there is none of that name.</returns>
    public Task<StoredJob?> CancelAsync(string id, CancellationToken cancellationToken) =>
        jobs.StopAsync(messages, id, JobState.Cancelled, "It was cancelled.", cancellationToken);

    /// <summary>Answers a request to submit a job: 202, 400 where the body is no job, 409 where there is another of its name.</summary>
    public async Task<JobReply> PostAsync(string body, CancellationToken cancellationToken)
    {
        JobRequest request;
        try
        {
            request = JobJson.Read(body, NewId);
        }
        catch (InvalidJobException e)
        {
            return Problem(400, e.Message);
        }

        try
        {
            await SubmitAsync(request, cancellationToken).ConfigureAwait(false);
            return await GetAsync(request.Id, cancellationToken).ConfigureAwait(false) with { Status = 202 };
        }
        catch (InvalidJobException e)
        {
            return Problem(409, e.Message);
        }
    }

    /// <summary>Answers where a job stands: 200, or 404.</summary>
    public async Task<JobReply> GetAsync(string id, CancellationToken cancellationToken) =>
        JobJson.IsId(id) && await jobs.GetAsync(id, cancellationToken).ConfigureAwait(false) is { } job
            ? new(200, JobSummary.Write(job), id)
            : Missing(id);

    /// <summary>Answers a request to cancel a job: 200, also where it is cancelled already; 404; 409 where it has ended otherwise.</summary>
    public async Task<JobReply> DeleteAsync(string id, CancellationToken cancellationToken) =>
        !JobJson.IsId(id) || await CancelAsync(id, cancellationToken).ConfigureAwait(false) is not { } job ? Missing(id)
        : job.Row.State == JobState.Cancelled ? new(200, JobSummary.Write(job), id)
        : Problem(409, $"The job '{id}' has ended already: it is {job.Row.State.Name()}.");

    private static JobReply Missing(string id) => Problem(404, $"There is no job '{(JobJson.IsId(id) ? id : "…")}'.");

    private static JobReply Problem(int status, string sentence) => new(status, new System.Text.Json.Nodes.JsonObject { ["error"] = sentence }.ToJsonString());
}
