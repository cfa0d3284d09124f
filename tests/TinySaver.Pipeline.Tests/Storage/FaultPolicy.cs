using Azure.Core;
using Azure.Core.Pipeline;

namespace TinySaver.Pipeline.Tests.Storage;

/// <summary>Crashes the real adapters at chosen requests, before they are sent or after the service has done them.</summary>
public sealed class FaultPolicy(Faults faults) : HttpPipelinePolicy
{
    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) =>
        throw new NotSupportedException("The adapters are asynchronous.");

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        ArgumentNullException.ThrowIfNull(message);
        string? operation = Operation(message.Request);
        if (operation is not null)
            faults.Before(operation);

        await ProcessNextAsync(message, pipeline);
        if (operation is not null && !message.Response.IsError)
            faults.After(operation);
    }

    private static string? Operation(Request request)
    {
        string path = request.Uri.Path ?? "";
        return (request.Method.Method, path) switch
        {
            ("POST", _) when path.EndsWith("/messages", StringComparison.Ordinal) => "escalations.send",
            ("DELETE", _) when path.Contains("/messages/", StringComparison.Ordinal) => "escalations.complete",
            ("PUT", _) when path.Contains("/messages/", StringComparison.Ordinal) => "escalations.abandon",
            ("POST", _) when path.Contains("labels", StringComparison.Ordinal) => "labels.insert",
            ("PUT", _) when path.Contains("PartitionKey=", StringComparison.Ordinal) => "labels.replace",
            ("GET", _) when path.Contains("images", StringComparison.Ordinal) => "images.open",
            _ => null,
        };
    }
}
