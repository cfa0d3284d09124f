using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using TinySaver.Pipeline.Jobs;

namespace TinySaver.Functions.Tiny;

/// <summary>Begins a batch job: 202 with its address, 400 or 409 with a sentence.</summary>
public sealed class SubmitJob(JobDesk desk)
{
    /// <summary>Answers one request.</summary>
    /// <param name="request">The request, whose body is the job's message; it needs a function key.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(SubmitJob))]
    public async Task<HttpResponseData> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "jobs")] HttpRequestData request, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(request.Body);
        JobReply reply = await desk.PostAsync(await reader.ReadToEndAsync(cancellationToken), cancellationToken);
        return await JobResponse.CreateAsync(request, reply, cancellationToken);
    }
}
