using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using TinySaver.Core.Cascade;
using TinySaver.Core.Labels;
using TinySaver.Inference.Cascades;
using TinySaver.Inference.Imaging;
using TinySaver.Pipeline.Cascades;
using TinySaver.Pipeline.Images;
using TinySaver.Pipeline.Labels;
using TinySaver.Viewer.Pictures;
using TinySaver.Viewer.Policies;

namespace TinySaver.Viewer.Rows;

/// <summary>Rows a page at a time, and one image with all that is known of it.</summary>
internal static class RowEndpoints
{
    private const int MostRows = 1000;

    private const int MostNames = 500;

    // A rare kind of row may be pages away: what is found in this time is shown, and the cursor goes on from there.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1.5);

    /// <summary>Maps them.</summary>
    public static void MapRows(this IEndpointRouteBuilder api, ViewerSources sources, PolicyBook policies, TimeProvider time)
    {
        api.MapGet("/rows", async ([AsParameters] FilterQuery query, string? cursor, int? most, CancellationToken cancellationToken) =>
        {
            LabelFilter filter = query.ToFilter();
            int wanted = Math.Clamp(most ?? 200, 1, MostRows);
            long start = time.GetTimestamp();
            var rows = new List<StoredRow>();
            do
            {
                RowPage page = await sources.Labels.PageAsync(filter, cursor, filter.Differ ? MostRows : wanted, cancellationToken);
                rows.AddRange(page.Rows);
                cursor = page.Cursor;
            }
            while (cursor is not null && rows.Count < wanted && time.GetElapsedTime(start) < Patience);

            return new { Rows = rows.Select(RowCard.Of), Cursor = cursor };
        });
        api.MapPost("/rows/of", async (string[] names, CancellationToken cancellationToken) =>
        {
            StoredRow?[] rows = await Task.WhenAll(names.Take(MostNames).Select(n => sources.Labels.GetAsync(n, cancellationToken)));
            return rows.OfType<StoredRow>().Select(RowCard.Of);
        });
        api.MapGet("/row", async (string name, CancellationToken cancellationToken) =>
        {
            StoredRow? stored = name.Length == 0 ? null : await sources.Labels.GetAsync(name, cancellationToken);
            if (stored is null)
                return Results.NotFound("There is no such row.");

            ImageVersion? present = BlobNames.IsOutOfReach(name) ? null : await sources.Images.GetVersionAsync(name, cancellationToken);
            KnownPolicy? policy = await policies.GetAsync(cancellationToken);
            LabelRow row = stored.Row;
            SaverPolicy? saver = policy?.Id == row.Policy ? policy?.Policy.Savers.ElementAtOrDefault(policy.SaversAsked(row.TinyModel) - 1) : null;
            return Results.Ok(new
            {
                Card = RowCard.Of(stored),
                row.TopK,
                row.LargeConfidence,
                row.ClassIndex,
                row.Policy,
                row.TinyModel,
                row.LargeModel,
                row.Job,
                row.OperationId,
                row.StageMilliseconds,
                row.Version.LastModified,
                Present = present,
                saver?.Threshold,
                Saver = saver?.Model.Name,
                (await sources.Reviews.GetAsync(name, cancellationToken))?.Review,
            });
        });
        api.MapGet("/ask", (string name, CancellationToken cancellationToken) => AskAsync(sources, name, cancellationToken));
    }

    // Every model, also those that the cascade would not have asked.
    private static async Task<object> AskAsync(ViewerSources sources, string name, CancellationToken cancellationToken)
    {
        using DecodedImage image = await PictureCache.DecodeAsync(sources, name, etag: null, cancellationToken);
        using CascadeLease lease = await sources.Cascade.RentAsync(cancellationToken);
        Cascade cascade = lease.Cascade;
        return await Task.Run(
            () =>
            {
                Prediction[] savers = [.. cascade.Savers.Select(s => s.Predict(image))];
                Prediction large = cascade.Large.Predict(image);
                Prediction? pooled = cascade.Policy.LargeWeights is null ? null : cascade.AnswerEscalated([.. savers.Select(s => s.Evidence!)], large);
                return new
                {
                    Models = cascade.Savers.Select((s, i) => Said(s.Name, savers[i], (double?)cascade.Policy.Savers[i].Threshold)).Append(Said(cascade.Large.Name, large, null)),
                    Pooled = pooled is null ? null : Said("all, pooled", pooled, null),
                };
            },
            cancellationToken);

        static object Said(string model, Prediction said, double? threshold) => new { Model = model, said.Label, said.Confidence, said.TopK, Threshold = threshold };
    }
}
