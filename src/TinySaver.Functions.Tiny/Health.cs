using System.Net;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using TinySaver.Pipeline.FunctionApps;

namespace TinySaver.Functions.Tiny;

/// <summary>Answers whether images can be classified, and by which policy, models and versions: 200, or 503 with the reason.</summary>
public sealed class Health(HealthCheck check)
{
    /// <summary>Answers one request.</summary>
    /// <param name="request">The request; it needs a function key.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(Health))]
    public async Task<HttpResponseData> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get")] HttpRequestData request,
        CancellationToken cancellationToken)
    {
        HealthReport report = await check.CheckAsync(cancellationToken);
        HttpResponseData response = request.CreateResponse(report.Healthy ? HttpStatusCode.OK : HttpStatusCode.ServiceUnavailable);
        response.Headers.Add("Content-Type", "application/json; charset=utf-8");
        await response.WriteStringAsync(report.ToJson(), cancellationToken);
        return response;
    }
}
