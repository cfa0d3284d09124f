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
    /// <param name="name">The blob name.</param>
    /// <param name="etag">The ETag, without quotes, of the version that was announced; null for whichever is there.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="PermanentFailureException">
    /// <see cref="FailureReason.Deleted"/> where the image is gone, <see cref="FailureReason.Superseded"/> where it has another version.
    /// </exception>
    Task<OpenedImage> OpenAsync(string name, string? etag, CancellationToken cancellationToken);

    /// <summary>The image's present version; null where it is gone.</summary>
    Task<ImageVersion?> GetVersionAsync(string name, CancellationToken cancellationToken);

    /// <summary>All images whose names begin with the prefix, in many a request.</summary>
    /// <param name="prefix">The prefix; null for all.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    IAsyncEnumerable<ListedImage> ListAsync(string? prefix, CancellationToken cancellationToken);

    /// <summary>Writes an image, over any that has the name.</summary>
    /// <param name="name">The blob name; it is kept as <see cref="BlobNames.Normalize"/> says.</param>
    /// <param name="content">Its bytes, read from the stream's position to its end.</param>
    /// <param name="md5">The MD5 of the bytes, which listings then show.</param>
    /// <param name="cancellationToken">Ends the upload.</param>
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

/// <summary>An image whose download has begun: its length is known before its bytes take memory.</summary>
/// <param name="Version">The version that is downloaded.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="Content">Its bytes; disposed with this object.</param>
public sealed record OpenedImage(ImageVersion Version, long Length, Stream Content) : IAsyncDisposable
{
    /// <summary>Ends the download.</summary>
    public ValueTask DisposeAsync() => Content.DisposeAsync();
}
