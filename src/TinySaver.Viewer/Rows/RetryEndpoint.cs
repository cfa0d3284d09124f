using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using TinySaver.Core.Labels;
using TinySaver.Pipeline.Images;
using TinySaver.Pipeline.Labels;

namespace TinySaver.Viewer.Rows;

/// <summary>Puts images back into the pipeline, as <c>tinysaver retry</c> does.</summary>
internal static class RetryEndpoint
{
    private const int MostAtOnce = 16;

    /// <summary>Maps it.</summary>
    public static void MapRetry(this IEndpointRouteBuilder api, ViewerSources sources)
    {
        api.MapPost("/retry", (string[] names, CancellationToken cancellationToken) => RetryAsync(sources, names.ToAsyncEnumerable(), cancellationToken));
        api.MapPost("/retry/failed", ([AsParameters] FilterQuery query, CancellationToken cancellationToken) => RetryAsync(
            sources,
            sources.Labels.ListAsync(query.ToFilter() with { Status = LabelStatus.Failed }, cancellationToken).Select((StoredRow r) => r.Row.Name),
            cancellationToken));
    }

    private static async Task<object> RetryAsync(ViewerSources sources, IAsyncEnumerable<string> names, CancellationToken cancellationToken)
    {
        int resubmitted = 0;
        int gone = 0;
        int outOfReach = 0;

        // The names first: a row that is written meanwhile must not be met twice.
        string[] all = await names.Distinct().ToArrayAsync(cancellationToken);
        await Parallel.ForEachAsync(all, new ParallelOptions { MaxDegreeOfParallelism = MostAtOnce, CancellationToken = cancellationToken }, async (name, token) =>
        {
            if (name.Length == 0 || BlobNames.IsOutOfReach(name))
                Interlocked.Increment(ref outOfReach);
            else
                Count(await sources.Images.WriteAnewAsync(name, token) is null);
        });
        return new { resubmitted, gone, outOfReach };

        void Count(bool isGone) => Interlocked.Increment(ref isGone ? ref gone : ref resubmitted);
    }
}
