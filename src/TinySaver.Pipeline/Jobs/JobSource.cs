using System.Globalization;
using TinySaver.Core.Jobs;
using TinySaver.Pipeline.Images;

namespace TinySaver.Pipeline.Jobs;

/// <summary>A page of a job's images.</summary>
/// <param name="Images">The images.</param>
/// <param name="Cursor">Where the next page begins; null after the last.</param>
internal sealed record JobPage(IReadOnlyList<JobImage> Images, string? Cursor);

/// <summary>Finds the images of a job page by page: in the container's listing, or in a manifest.</summary>
internal sealed class JobSource(IImageStore images, IJobFiles files) : IAsyncDisposable
{
    private readonly ManifestReader _reader = new(images.Container);
    private (string Cursor, IAsyncEnumerator<string?> Rows)? _open;

    /// <summary>A page; the same cursor gives the same page as long as nobody changes the images or the manifest.</summary>
    /// <param name="request">The job.</param>
    /// <param name="cursor">The page before it ended there; null for the first.</param>
    /// <param name="most">The most images or rows to read.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="InvalidJobException">The manifest is missing, cannot be read, or is not the one that the job began with.</exception>
    public async Task<JobPage> ReadAsync(JobRequest request, string? cursor, int most, CancellationToken cancellationToken)
    {
        if (request.Manifest is { } manifest)
            return await ReadManifestAsync(manifest, cursor, most, cancellationToken).ConfigureAwait(false);

        ImagePage page = await images.ListPageAsync(request.Prefix, cursor, most, cancellationToken).ConfigureAwait(false);
        return new([.. page.Images.Select(i => new JobImage(i.Name, i.Version.ETag))], page.Cursor);
    }

    /// <summary>Closes the manifest.</summary>
    public ValueTask DisposeAsync() => CloseAsync();

    // The cursor: the manifest's ETag, the file within it and the row within that.
    private async Task<JobPage> ReadManifestAsync(string manifest, string? cursor, int most, CancellationToken cancellationToken)
    {
        string[] parts = cursor?.Split('|') ?? ["", "0", "0"];
        int file = int.Parse(parts[1], CultureInfo.InvariantCulture);
        long row = long.Parse(parts[2], CultureInfo.InvariantCulture);
        string etag = parts[0];
        if (_open is not { } open || open.Cursor != cursor)
        {
            await CloseAsync().ConfigureAwait(false);
            (Stream content, string tag) = await OpenAsync(manifest, cancellationToken).ConfigureAwait(false);
            if (cursor is not null && tag != etag)
                throw new InvalidJobException($"The manifest '{manifest}' was written anew while its images were listed. Send the job again under another name.");

            etag = tag;
            string path = manifest;
            if (manifest.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
            {
                IReadOnlyList<string> reports = ManifestReader.ReadInventory(manifest, content);
                if (file >= reports.Count)
                    return new([], null);

                path = reports[file];
                content = (await OpenAsync(path, cancellationToken).ConfigureAwait(false)).Content;
            }

            open = ("", _reader.ReadAsync(path, content, row, cancellationToken).GetAsyncEnumerator(cancellationToken));
        }

        var page = new List<JobImage>(most);
        int read = 0;
        for (; read < most; read++)
        {
            if (!await open.Rows.MoveNextAsync().ConfigureAwait(false))
                break;

            if (open.Rows.Current is { } name)
                page.Add(new(name));
        }

        bool ended = read < most;
        string? next = !ended ? $"{etag}|{file}|{row + read}" : manifest.EndsWith(".json", StringComparison.OrdinalIgnoreCase) ? $"{etag}|{file + 1}|0" : null;
        _open = (next ?? "", open.Rows);
        if (ended)
            await CloseAsync().ConfigureAwait(false);

        return new(page, next);
    }

    private async Task<(Stream Content, string ETag)> OpenAsync(string path, CancellationToken cancellationToken) =>
        await files.OpenManifestAsync(path, cancellationToken).ConfigureAwait(false)
        ?? throw new InvalidJobException($"There is no manifest '{path}' in the jobs' container. Upload it before the job is sent.");

    private async ValueTask CloseAsync()
    {
        if (_open is { } open)
            await open.Rows.DisposeAsync().ConfigureAwait(false);

        _open = null;
    }
}
