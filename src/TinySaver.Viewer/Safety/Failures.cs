using Microsoft.AspNetCore.Http;
using TinySaver.Core.Failures;
using TinySaver.Pipeline.Outages;

namespace TinySaver.Viewer.Safety;

/// <summary>What a request that failed is answered: a sentence for the person, and never a stack.</summary>
internal static class Failures
{
    /// <summary>Hands a request on, and answers what it throws.</summary>
    public static async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody waits for the answer.
        }
        catch (Exception error) when (!context.Response.HasStarted)
        {
            context.Response.StatusCode = error is BadHttpRequestException bad ? bad.StatusCode : error is TinySaverException ? StatusCodes.Status400BadRequest : StatusCodes.Status503ServiceUnavailable;
            await context.Response.WriteAsync(Sentence(error), CancellationToken.None);
        }
    }

    /// <summary>What to say of an error.</summary>
    public static string Sentence(Exception error) =>
        error is TinySaverException or BadHttpRequestException ? error.Message : StorageFailure.Explain(error, "--storage") ?? $"The page failed: {error.Message}";
}
