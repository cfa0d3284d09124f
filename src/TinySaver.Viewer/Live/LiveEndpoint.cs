using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using TinySaver.Core.Cascade;
using TinySaver.Core.Names;
using TinySaver.Viewer.Counting;
using TinySaver.Viewer.Policies;

namespace TinySaver.Viewer.Live;

/// <summary>The figures as they change, and the policy behind them.</summary>
internal static class LiveEndpoint
{
    // Shorter than what lies between may cut a silent connection after.
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(10);

    /// <summary>Maps it.</summary>
    public static void MapLive(this IEndpointRouteBuilder api, RowBook book, PolicyBook policies, ViewerSources sources, ViewerOptions options)
    {
        api.MapGet("/live", (CancellationToken cancellationToken) => TypedResults.ServerSentEvents(FollowAsync(book, cancellationToken)));
        api.MapGet("/about", async (CancellationToken cancellationToken) =>
        {
            KnownPolicy? known = await policies.GetAsync(cancellationToken);
            return new { sources.Account, options.ReadOnly, options.Reviewer, Policy = known is null ? null : PolicyCard.Of(known), Labels = known?.Labels ?? [], policies.Problem };
        });
        api.MapGet("/facets", () => book.Look((rows, texts, _) => new
        {
            Batches = Facet(rows, texts, r => r.Batch),
            Labels = Facet(rows, texts, r => r.Label),
            Jobs = Facet(rows, texts, r => r.Job),
        }));
    }

    private static async IAsyncEnumerable<SseItem<Overview>> FollowAsync(RowBook book, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using IDisposable watch = book.Watch();
        while (!cancellationToken.IsCancellationRequested)
        {
            Task changed = book.Changed;
            if (book.Latest is { } latest)
                yield return new(latest, "overview");

            try
            {
                await changed.WaitAsync(Heartbeat, cancellationToken);
            }
            catch (TimeoutException)
            {
                // The same figures again, which says that the page is connected.
            }
            catch (OperationCanceledException)
            {
                yield break;
            }
        }
    }

    private static IEnumerable<object> Facet(IReadOnlyCollection<KeyValuePair<UInt128, RowFacts>> rows, Texts texts, Func<RowFacts, int> of) =>
        [.. rows.CountBy(r => of(r.Value)).Where(c => c.Key >= 0).OrderByDescending(c => c.Value).Take(1000).Select(c => new { Name = texts[c.Key], Count = c.Value })];
}

/// <summary>A policy on the page.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Savers">Its savers with their thresholds.</param>
/// <param name="Large">The large model's name.</param>
/// <param name="Rule">How the threshold was chosen.</param>
/// <param name="Risk">What is guaranteed to stay small; null where nothing is.</param>
/// <param name="Bound">How small.</param>
/// <param name="Confidence">With which confidence.</param>
/// <param name="TestDrop">The accuracy drop on the test set.</param>
/// <param name="TestSamples">How many images that has.</param>
/// <param name="CreatedAt">When it was made.</param>
internal sealed record PolicyCard(
    string Id, IReadOnlyList<object> Savers, string Large, string? Rule, string? Risk, double? Bound, double? Confidence, double? TestDrop, int? TestSamples, DateTimeOffset? CreatedAt)
{
    /// <summary>The card of a policy.</summary>
    public static PolicyCard Of(KnownPolicy known)
    {
        CascadePolicy p = known.Policy;
        return new(
            known.Id, [.. p.Savers.Select(s => new { s.Model.Name, Measure = s.Measure.Name(), s.Threshold, s.Model.ShortHash })], p.Large.Name, p.Rule?.Kind.Name(),
            p.Guarantee?.Risk.Name(), p.Guarantee?.Bound, p.Guarantee?.Confidence, p.Test?.AccuracyDrop, p.Test?.Samples, p.Provenance?.CreatedAt);
    }
}
