using TinySaver.Core.Failures;
using TinySaver.Core.Labels;

namespace TinySaver.Pipeline.Images;

/// <summary>Where the images lie: a blob container, or memory in tests.</summary>
public interface IImageStore
{
    /// <summary>The container's name, as escalation messages carry it.</summary>
    string Container { get; }

    /// <summary>Creates the container where there is none.</summary>
    Task EnsureCreatedAsync(CancellationToken cancellationToken);

    /// <summary>Begins the download of one image; its bytes are read afterwards, from <see cref="OpenedImage.Content"/>.</summary>
    /// <remarks>The ETag, without quotes, is that of the version that was announced; null for whichever is there.</remarks>
    /// <exception cref="PermanentFailureException">
    /// <see cref="FailureReason.Deleted"/> where the image is gone, <see cref="FailureReason.Superseded"/> where it has another version.
    /// </exception>
    Task<OpenedImage> OpenAsync(string name, string? etag, CancellationToken cancellationToken);

    /// <summary>The image's present version; null where it is gone.</summary>
    Task<ImageVersion?> GetVersionAsync(string name, CancellationToken cancellationToken);

    /// <summary>All images whose names begin with the prefix, or all there are where it is null, in many a request.</summary>
    IAsyncEnumerable<ListedImage> ListAsync(string? prefix, CancellationToken cancellationToken);

    /// <summary>Some of the images whose names begin with the prefix, in the order of their names.</summary>
    /// <param name="prefix">The prefix; null or empty for all.</param>
    /// <param name="cursor">Where the page before ended; null for the first.</param>
    /// <param name="most">How many; from 1 to 5,000.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    Task<ImagePage> ListPageAsync(string? prefix, string? cursor, int most, CancellationToken cancellationToken);

    /// <summary>Writes an image, over any that has the name, which is kept as <see cref="BlobNames.Normalize"/> says.</summary>
    /// <remarks>The bytes are read from the stream's position to its end; listings then show their MD5.</remarks>
    /// <returns>The version written.</returns>
    Task<ImageVersion> UploadAsync(string name, Stream content, byte[] md5, CancellationToken cancellationToken);
}

/// <summary>An image as a trigger announces it.</summary>
/// <param name="Name">The blob name.</param>
/// <param name="ETag">The announced version's ETag without quotes; null where the trigger does not say, which means whichever is there.</param>
/// <param name="LastModified">When the announced version was written; null where the trigger does not say.</param>
public sealed record ImageReference(string Name, string? ETag = null, DateTimeOffset? LastModified = null);

/// <summary>One image of a listing.</summary>
/// <param name="Name">The blob name.</param>
/// <param name="Version">Its present version.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="Md5">The MD5 that was stored with it; null where there is none.</param>
public sealed record ListedImage(string Name, ImageVersion Version, long Length, byte[]? Md5);

/// <summary>A page of a listing.</summary>
/// <param name="Images">The images; there may be none on a page before the last.</param>
/// <param name="Cursor">Where the next page begins; null after the last.</param>
public sealed record ImagePage(IReadOnlyList<ListedImage> Images, string? Cursor);

/// <summary>An image whose download has begun: its length is known before its bytes take memory.</summary>
/// <param name="Version">The version that is downloaded.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="Content">Its bytes; disposed with this object.</param>
public sealed record OpenedImage(ImageVersion Version, long Length, Stream Content) : IAsyncDisposable
{
    /// <summary>Ends the download.</summary>
    public ValueTask DisposeAsync() => Content.DisposeAsync();
}
