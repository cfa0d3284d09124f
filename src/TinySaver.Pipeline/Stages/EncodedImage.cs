using System.Buffers;
using TinySaver.Core.Failures;
using TinySaver.Pipeline.Images;

namespace TinySaver.Pipeline.Stages;

/// <summary>An image file in pooled memory, within the bytes that the process allows itself; dispose it to give both back.</summary>
internal sealed class EncodedImage(IDisposable share, byte[] buffer, int length) : IDisposable
{
    private byte[]? _buffer = buffer;

    /// <summary>The file's bytes.</summary>
    public ReadOnlySpan<byte> Content => _buffer.AsSpan(0, length);

    /// <summary>Reads an opened image.</summary>
    /// <exception cref="PermanentFailureException">It has more bytes than are accepted.</exception>
    public static async Task<EncodedImage> ReadAsync(OpenedImage image, int maxBytes, Budget bytes, CancellationToken cancellationToken)
    {
        if (image.Length > maxBytes)
        {
            throw new PermanentFailureException(
                FailureReason.TooManyBytes, $"The file has {image.Length} bytes; at most {maxBytes} are accepted.");
        }

        int length = (int)image.Length;
        IDisposable share = await bytes.TakeAsync(length, cancellationToken).ConfigureAwait(false);
        byte[]? buffer = null;
        try
        {
            buffer = ArrayPool<byte>.Shared.Rent(length);
            await image.Content.ReadExactlyAsync(buffer.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
            return new EncodedImage(share, buffer, length);
        }
        catch
        {
            share.Dispose();
            if (buffer is not null)
                ArrayPool<byte>.Shared.Return(buffer);

            throw;
        }
    }

    /// <summary>Gives memory and share back.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _buffer, null) is { } rented)
        {
            ArrayPool<byte>.Shared.Return(rented);
            share.Dispose();
        }
    }
}
