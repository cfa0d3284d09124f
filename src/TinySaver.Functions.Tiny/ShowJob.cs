using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using TinySaver.Pipeline.Jobs;

namespace TinySaver.Functions.Tiny;

/// <summary>Answers where a batch job stands: 200, or 404.</summary>
public sealed class ShowJob(JobDesk desk)
{
    /// <summary>Answers one request.</summary>
    /// <param name="request">The request; it needs a function key.</param>
    /// <param name="id">The job's name.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(ShowJob))]
    public async Task<HttpResponseData> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "jobs/{id}")] HttpRequestData request, string id, CancellationToken cancellationToken) =>
        await JobResponse.CreateAsync(request, await desk.GetAsync(id, cancellationToken), cancellationToken);
}
