using System.Net;
using Microsoft.Azure.Functions.Worker.Http;
using TinySaver.Pipeline.Jobs;

namespace TinySaver.Functions.Tiny;

/// <summary>Makes a web response of what is answered about a job.</summary>
internal static class JobResponse
{
    /// <summary>The response, with the job's address where there is one.</summary>
    public static async Task<HttpResponseData> CreateAsync(HttpRequestData request, JobReply reply, CancellationToken cancellationToken)
    {
        HttpResponseData response = request.CreateResponse((HttpStatusCode)reply.Status);
        response.Headers.Add("Content-Type", "application/json; charset=utf-8");
        if (reply.Id is { } id)
            response.Headers.Add("Location", $"/api/jobs/{id}");

        await response.WriteStringAsync(reply.Body, cancellationToken);
        return response;
    }
}
