using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using TinySaver.Pipeline.Jobs;

namespace TinySaver.Functions.Tiny;

/// <summary>Cancels a batch job: 200, 404, or 409 where it has ended otherwise.</summary>
public sealed class CancelJob(JobDesk desk)
{
    /// <summary>Answers one request.</summary>
    /// <param name="request">The request; it needs a function key.</param>
    /// <param name="id">The job's name.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(CancelJob))]
    public async Task<HttpResponseData> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = "jobs/{id}")] HttpRequestData request, string id, CancellationToken cancellationToken) =>
        await JobResponse.CreateAsync(request, await desk.DeleteAsync(id, cancellationToken), cancellationToken);
}
