using TinySaver.Cli.Classify;
using TinySaver.Cli.Images;
using TinySaver.Cli.Upload;
using TinySaver.Core.Labels;

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
        Dictionary<string, UploadOutcome> failed = uploader.Failed.ToDictionary(f => f.Item.Name, StringComparer.Ordinal);
        var outcomes = new List<ImageOutcome>(items.Count);
        foreach (UploadItem item in items)
        {
            if (failed.TryGetValue(item.Name, out UploadOutcome? upload))
            {
                LabelRow failure = LabelRow.Of(item.Name, default).FailedFor(upload.Failure!.Reason, upload.Failure.Message);
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
