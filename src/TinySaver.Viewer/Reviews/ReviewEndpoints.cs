using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using TinySaver.Core.Failures;
using TinySaver.Core.Labels;
using TinySaver.Pipeline.Reviews;
using TinySaver.Pipeline.Tables;
using TinySaver.Viewer.Policies;

namespace TinySaver.Viewer.Reviews;

/// <summary>What a person says of an image: the class, by its index or, where the classes are not known, its text; neither where it shows none of them.</summary>
/// <param name="Name">The blob name.</param>
/// <param name="ETag">The version that was looked at.</param>
/// <param name="ClassIndex">The class.</param>
/// <param name="Label">The class's text.</param>
internal sealed record Judgement(string Name, string ETag, int? ClassIndex, string? Label);

/// <summary>Judgements: written, taken back, and listed.</summary>
internal static class ReviewEndpoints
{
    private const int MostUndone = 1000;

    private static readonly IReadOnlyList<Column<Review>> Columns =
    [
        new("path", typeof(string), r => r.Name),
        new("label", typeof(string), r => r.ClassIndex is null ? null : r.Label),
        new("class_index", typeof(int), r => r.ClassIndex),
        new("note", typeof(string), r => r.ClassIndex is null ? Review.NotInTheList : null),
        new("by", typeof(string), r => r.By),
        new("at", typeof(string), r => Pipeline.Tables.Columns.Text(r.At)),
    ];

    /// <summary>Maps them.</summary>
    public static void MapReviews(this IEndpointRouteBuilder api, ViewerSources sources, PolicyBook policies, ViewerOptions options, TimeProvider time)
    {
        var written = new Dictionary<string, ReviewWrite>(StringComparer.Ordinal);
        api.MapPost("/review", async (Judgement judgement, CancellationToken cancellationToken) =>
        {
            KnownPolicy? policy = await policies.GetAsync(cancellationToken);
            string label = judgement.ClassIndex is not { } index ? Review.NotInTheList
                : policy is { Labels.Count: > 0 }
                    ? policy.Labels.ElementAtOrDefault(index) ?? throw new TinySaverException($"There is no class {index}; the model has the classes 0 to {policy.Labels.Count - 1}.")
                    : judgement.Label ?? "";
            if (await sources.Labels.GetAsync(judgement.Name, cancellationToken) is null)
                throw new TinySaverException("There is no row of that image.");

            await sources.Reviews.EnsureCreatedAsync(cancellationToken);
            ReviewWrite write = await sources.Reviews.WriteAsync(
                new(judgement.Name, judgement.ETag, judgement.ClassIndex, label, options.Reviewer, time.GetUtcNow()), cancellationToken);
            lock (written)
            {
                if (written.Count >= MostUndone)
                    written.Clear();

                written[judgement.Name] = write;
            }

            return write.Now.Review;
        });
        api.MapPost("/review/undo", async (Judgement judgement, CancellationToken cancellationToken) =>
        {
            ReviewWrite? write;
            lock (written)
                written.Remove(judgement.Name, out write);

            return new { Undone = write is not null && await sources.Reviews.TryUndoAsync(write, cancellationToken) };
        });
        api.MapPost("/review/list", async (HttpRequest request, string? batch, CancellationToken cancellationToken) =>
        {
            using var reader = new StreamReader(request.Body, Encoding.UTF8);
            string[] names = Paths(await reader.ReadToEndAsync(cancellationToken));
            return new { Names = string.IsNullOrEmpty(batch) ? names : [.. names.Select(n => $"{batch.Trim('/')}/{n}")] };
        });
        api.MapGet("/review/audits", async (CancellationToken cancellationToken) => new
        {
            Names = await policies.GetAsync(cancellationToken) is { } policy ? await AuditDifferences.LatestAsync(sources.Audits, policy.Id, time, cancellationToken) : [],
        });
        api.MapGet("/reviews.csv", async (string? batch, HttpResponse response, CancellationToken cancellationToken) =>
        {
            response.ContentType = "text/csv; charset=utf-8";
            response.Headers.ContentDisposition = "attachment; filename=reviews.csv";
            await using var text = new StreamWriter(response.Body, new UTF8Encoding(false));
            await using var rows = new RowStream<Review>(text, Columns, csv: true, plainCsv: false);
            await foreach (StoredReview stored in sources.Reviews.ListAsync(string.IsNullOrEmpty(batch) ? null : batch, cancellationToken))
            {
                // Of one batch by the names that its files had, as a search knows them.
                string? folder = string.IsNullOrEmpty(batch) ? null : LabelKeys.Folder(stored.Review.Name);
                rows.Write(folder is null ? stored.Review : stored.Review with { Name = stored.Review.Name[(folder.Length + 1)..] });
            }

            await rows.FlushAsync();
        });
    }

    // As `search --review` writes them, the most useful first; only where the images are is read.
    private static string[] Paths(string csv)
    {
        try
        {
            using var reader = new CsvReader(new StringReader(csv), new CsvConfiguration(CultureInfo.InvariantCulture) { BadDataFound = null });
            reader.Read();
            reader.ReadHeader();
            var names = new List<string>();
            while (reader.Read())
            {
                if (reader.GetField("path") is { Length: > 0 } name)
                    names.Add(FormulaGuard.Take(name));
            }

            return [.. names];
        }
        catch (CsvHelperException e)
        {
            throw new TinySaverException("The file is no review list: expected CSV with the column 'path', as `tinysaver search --review` writes it.", e);
        }
    }
}
