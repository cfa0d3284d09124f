using TinySaver.Cli.Classify;
using TinySaver.Cli.Images;
using TinySaver.Cli.Upload;
using TinySaver.Core.Labels;
using TinySaver.Inference.Cascades;
using TinySaver.Pipeline.Cascades;

namespace TinySaver.Cli.Run;

/// <summary>The images that a run tells of, and what became of them.</summary>
internal static class RunItems
{
    /// <summary>An image that lies in the container only; its folder may name its class, as a file's does.</summary>
    public static UploadItem Of(string name)
    {
        string[] segments = name.Split('/');
        return new(new ImageFile(name, name, segments.Length > 1 ? segments[^2] : null), name);
    }

    /// <summary>The outcomes in the order of the items; those without a final row are left out.</summary>
    public static IReadOnlyList<ImageOutcome> Outcomes(
        IReadOnlyList<UploadItem> items, LabelAwaiter awaiter, Uploader uploader, RowOutcome rows, IReadOnlyList<string> labels)
    {
        var trueClass = new TrueClass(labels);
        var failed = uploader.Failed.ToDictionary(f => f.Item.Name, StringComparer.Ordinal);
        var outcomes = new List<ImageOutcome>(items.Count);
        foreach (UploadItem item in items)
        {
            if (failed.TryGetValue(item.Name, out UploadOutcome? upload))
            {
                LabelRow failure = new LabelRow(item.Name, default).FailedFor(upload.Failure!.Reason, upload.Failure.Message);
                outcomes.Add(new(item.File.Path, trueClass.Of(item.File), failure));
            }
            else if (awaiter.Find(item.Name) is { } row)
            {
                outcomes.Add(rows.Of(item.File.Path, trueClass.Of(item.File), row));
            }
        }

        return outcomes;
    }
}

/// <summary>Reads rows of the labels table as the outcomes that <c>classify</c> has, so that both sum up and write the same.</summary>
internal sealed class RowOutcome(Cascade cascade)
{
    /// <summary>The cascade.</summary>
    public Cascade Cascade => cascade;

    /// <summary>The outcome that a final row tells of.</summary>
    /// <param name="path">The image's path as given.</param>
    /// <param name="trueClass">Its true class, where it is known.</param>
    /// <param name="row">Its row; not one that still waits for the large model.</param>
    public ImageOutcome Of(string path, int? trueClass, LabelRow row) => row.Status == LabelStatus.Labelled
        ? new(path, trueClass, row, cascade.Macs(row))
        : new(path, trueClass, new LabelRow(row.Name, row.Version, row.Status, Reason: row.Reason, ReasonDetail: row.ReasonDetail));
}
