using System.Collections.Concurrent;
using TinySaver.Cli.Accounts;
using TinySaver.Core.Failures;
using TinySaver.Core.Labels;
using TinySaver.Pipeline.Images;

namespace TinySaver.Cli.Upload;

/// <summary>Uploads files in parallel, skips what storage has already, and waits until outages end.</summary>
internal sealed class Uploader(IImageStore images, int parallel, StoragePatience patience)
{
    private readonly ConcurrentBag<UploadOutcome> _failed = [];
    private int _done;
    private int _uploaded;
    private int _skipped;
    private long _bytes;

    /// <summary>Files that are done with.</summary>
    public int Done => Volatile.Read(ref _done);

    /// <summary>Files uploaded.</summary>
    public int Uploaded => Volatile.Read(ref _uploaded);

    /// <summary>Files that were there.</summary>
    public int Skipped => Volatile.Read(ref _skipped);

    /// <summary>Bytes uploaded.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Files that could not be uploaded.</summary>
    public IReadOnlyCollection<UploadOutcome> Failed => _failed;

    /// <summary>Uploads the files that are not present yet, and tells of each, from several threads; what is uploaded stays when it is stopped.</summary>
    /// <exception cref="TinySaverException">Storage does not answer.</exception>
    public Task RunAsync(
        IEnumerable<UploadItem> items,
        IReadOnlyDictionary<string, ListedImage> present,
        Func<UploadOutcome, CancellationToken, Task> done,
        CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(items, new ParallelOptions { MaxDegreeOfParallelism = parallel, CancellationToken = cancellationToken }, async (item, token) =>
        {
            UploadOutcome outcome = await patience.TryAsync(
                $"Uploading '{item.Name}'", attempt => UploadAsync(item, present.GetValueOrDefault(item.Name), attempt), token);
            if (outcome.Failure is not null)
                _failed.Add(outcome);
            else
                Interlocked.Increment(ref outcome.Skipped ? ref _skipped : ref _uploaded);

            await done(outcome, token);
            Interlocked.Increment(ref _done);
        });

    /// <summary>The blobs of some batches, by name.</summary>
    public static async Task<Dictionary<string, ListedImage>> ListAsync(IImageStore images, IEnumerable<string> batches, CancellationToken cancellationToken)
    {
        var present = new Dictionary<string, ListedImage>(StringComparer.Ordinal);
        foreach (string batch in batches)
        {
            await foreach (ListedImage image in images.ListAsync(batch + "/", cancellationToken))
                present[image.Name] = image;
        }

        return present;
    }

    private async Task<UploadOutcome> UploadAsync(UploadItem item, ListedImage? present, CancellationToken cancellationToken)
    {
        Stream? file = null;
        byte[] md5;
        try
        {
            file = UserFile.Open(item.File.FullPath);
            md5 = ImageUpload.Md5Of(file);
        }
        catch (Exception error) when (UserFile.Failure(error) is { } failure)
        {
            file?.Dispose();
            return new(item, Version: null, Failure: failure);
        }

        await using (file)
        {
            (ImageVersion version, bool skipped) = await ImageUpload.UploadAsync(images, item.Name, file, md5, present, cancellationToken);
            Interlocked.Add(ref _bytes, skipped ? 0 : file.Length);
            return new(item, version, skipped);
        }
    }
}

/// <summary>What became of one file.</summary>
/// <param name="Item">The file and its blob.</param>
/// <param name="Version">The blob's version; null where the file cannot be read.</param>
/// <param name="Skipped">Whether storage had the same content under the name already.</param>
/// <param name="Failure">Why the file was not uploaded; null where it was.</param>
internal sealed record UploadOutcome(UploadItem Item, ImageVersion? Version, bool Skipped = false, PermanentFailureException? Failure = null);
