using System.Buffers;

namespace TinySaver.Inference.Imaging;

/// <summary>The pixels of one image, 8 bits a channel, upright (EXIF orientation applied), in pooled memory.</summary>
/// <remarks>
/// Reading from several threads is safe; disposing while another thread reads is not. Dispose gives the memory back to the pool;
/// forgetting it costs only the reuse.
/// </remarks>
public sealed class DecodedImage : IDisposable
{
    /// <summary>Bytes a pixel: red, green, blue, and one that means nothing (alpha is ignored, as Pillow's <c>convert("RGB")</c> does).</summary>
    internal const int BytesPerPixel = 4;

    /// <summary>Bytes of memory behind the last pixel, so that vector loops may read over its end.</summary>
    internal const int SlackBytes = VerticalPass.SlackBytes;

    private byte[]? _pixels;

    internal DecodedImage(byte[] rented, int width, int height)
    {
        _pixels = rented;
        Width = width;
        Height = height;
    }

    /// <summary>Width in pixels, after orientation.</summary>
    public int Width { get; }

    /// <summary>Height in pixels, after orientation.</summary>
    public int Height { get; }

    /// <summary>Rows from the top, without gaps, four bytes a pixel: red, green, blue, ignored.</summary>
    /// <exception cref="ObjectDisposedException">The image was disposed.</exception>
    public ReadOnlySpan<byte> Pixels => PaddedPixels[..(Width * Height * BytesPerPixel)];

    /// <summary><see cref="Pixels"/> and <see cref="SlackBytes"/> bytes of anything behind them.</summary>
    internal ReadOnlySpan<byte> PaddedPixels =>
        (_pixels ?? throw new ObjectDisposedException(nameof(DecodedImage))).AsSpan(0, (Width * Height * BytesPerPixel) + SlackBytes);

    /// <summary>Takes memory for an image from the pool: room for the pixels and <see cref="SlackBytes"/>.</summary>
    internal static byte[] Rent(int width, int height) =>
        ArrayPool<byte>.Shared.Rent(checked((width * height * BytesPerPixel) + SlackBytes));

    /// <summary>Gives the memory back to the pool.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _pixels, null) is { } pixels)
            ArrayPool<byte>.Shared.Return(pixels);
    }
}
