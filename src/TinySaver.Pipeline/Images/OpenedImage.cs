using TinySaver.Core.Labels;

namespace TinySaver.Pipeline.Images;

/// <summary>An image whose download has begun: its length is known before its bytes take memory.</summary>
/// <param name="version">The version that is downloaded.</param>
/// <param name="length">Its length in bytes.</param>
/// <param name="content">Its bytes; disposed with this object.</param>
public sealed class OpenedImage(ImageVersion version, long length, Stream content) : IAsyncDisposable
{
    /// <summary>The version that is downloaded.</summary>
    public ImageVersion Version { get; } = version;

    /// <summary>Its length in bytes.</summary>
    public long Length { get; } = length;

    /// <summary>Its bytes.</summary>
    public Stream Content { get; } = content;

    /// <summary>Ends the download.</summary>
    public ValueTask DisposeAsync() => Content.DisposeAsync();
}
