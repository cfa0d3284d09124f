using TinySaver.Cli.Accounts;
using TinySaver.Cli.Output;
using TinySaver.Cli.Predictions;
using TinySaver.Core.Audits;
using TinySaver.Core.Failures;
using TinySaver.Pipeline.Images;

namespace TinySaver.Cli.Recalibrate;

/// <summary>The audited images on this machine, for models that were not asked in production.</summary>
internal static class AuditImages
{
    private const int ParallelDownloads = 16;

    /// <summary>Downloads the images that are not here yet, and forgets those that are no longer audited.</summary>
    /// <param name="terminal">Shows how far it is.</param>
    /// <param name="account">The account.</param>
    /// <param name="audits">The audits.</param>
    /// <param name="folder">Where the images are kept.</param>
    /// <param name="cancellationToken">Ends it; what is downloaded stays.</param>
    /// <returns>The audits whose image is still the version that was audited.</returns>
    public static async Task<IReadOnlyList<AuditRow>> FetchAsync(
        Terminal terminal, StorageAccount account, IReadOnlyList<AuditRow> audits, string folder, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        var wanted = audits.Select(AuditSet.IdOf).ToHashSet(StringComparer.Ordinal);
        foreach (string stray in Directory.EnumerateFiles(folder).Where(f => !wanted.Contains(Path.GetFileName(f))))
            File.Delete(stray);

        int done = 0;
        bool[] here = new bool[audits.Count];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = ParallelDownloads, CancellationToken = cancellationToken };
        Task work = Parallel.ForAsync(0, audits.Count, parallel, async (i, token) =>
        {
            here[i] = await TryFetchAsync(account, audits[i], Path.Combine(folder, AuditSet.IdOf(audits[i])), token);
            Interlocked.Increment(ref done);
        });
        await ProgressReporter.ShowAsync(terminal, "Downloading audited images", audits.Count, () => Volatile.Read(ref done), () => "", work);
        return [.. audits.Where((_, i) => here[i])];
    }

    private static async Task<bool> TryFetchAsync(StorageAccount account, AuditRow audit, string path, CancellationToken cancellationToken)
    {
        if (File.Exists(path))
            return true;

        try
        {
            await using OpenedImage image = await account.Images.OpenAsync(audit.Name, audit.Version.ETag, cancellationToken);

            // Whole or not there.
            string part = Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}");
            await using (FileStream file = File.Create(part))
                await image.Content.CopyToAsync(file, cancellationToken);

            File.Move(part, path, overwrite: true);
            return true;
        }
        catch (PermanentFailureException)
        {
            return false;
        }
    }

    /// <summary>What a model says of the images of a folder, in the order of other predictions of them.</summary>
    public static async Task<PredictionSet> PredictAsync(
        Terminal terminal, PredictionSource source, string folder, PredictionSet order, PredictionSource large, PredictionSourceOptions options, CancellationToken cancellationToken)
    {
        PredictionSet set = await source.LoadAsync(terminal, folder, options, cancellationToken);
        var keys = order.Ids.Zip(order.Keys).ToDictionary(p => p.First, p => p.Second, StringComparer.Ordinal);
        set = set with { Keys = [.. set.Ids.Select(id => keys[id])], Labels = [.. set.Ids.Select(_ => -1)] };
        return PredictionAlignment.Align(set, source.Folder, order, large.Folder);
    }
}
