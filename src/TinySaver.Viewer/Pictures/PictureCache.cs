using System.Buffers;
using TinySaver.Core.Failures;
using TinySaver.Inference.Imaging;
using TinySaver.Pipeline.Images;

namespace TinySaver.Viewer.Pictures;

/// <summary>Makes pictures of images with the pipeline's own decoder, upright and within its limits, and keeps those made lately.</summary>
/// <remarks>What reaches a browser is always a JPEG of ours, never bytes that somebody uploaded.</remarks>
internal sealed class PictureCache(ViewerSources sources) : IDisposable
{
    // Some 10,000 thumbnails.
    private const long MostBytes = 96 * 1024 * 1024;

    private const int Quality = 85;

    // A decoded image takes up to 256 MB.
    private readonly SemaphoreSlim _decoding = new(Math.Max(2, Environment.ProcessorCount));
    private readonly Dictionary<string, LinkedListNode<(string Key, byte[] Picture)>> _kept = new(StringComparer.Ordinal);
    private readonly LinkedList<(string Key, byte[] Picture)> _byUse = new();
    private readonly Lock _gate = new();
    private long _bytes;

    /// <summary>The picture of an image version.</summary>
    /// <param name="name">The blob name.</param>
    /// <param name="etag">The version; null for whichever is there, which is not kept.</param>
    /// <param name="side">Its longest side in pixels, at most.</param>
    /// <param name="cancellationToken">Ends the download.</param>
    /// <exception cref="PermanentFailureException">The image or this version is gone, or it is no image within the limits.</exception>
    public async Task<byte[]> GetAsync(string name, string? etag, int side, CancellationToken cancellationToken)
    {
        string? key = etag is null ? null : $"{side} {etag} {name}";
        if (Find(key) is { } known)
            return known;

        await _decoding.WaitAsync(cancellationToken);
        try
        {
            using DecodedImage image = await DecodeAsync(sources, name, etag, cancellationToken);
            byte[] picture = JpegPicture.Encode(image, side, Quality);
            Keep(key, picture);
            return picture;
        }
        finally
        {
            _decoding.Release();
        }
    }

    /// <summary>Downloads and decodes an image.</summary>
    /// <exception cref="PermanentFailureException">The image or this version is gone, or it is no image within the limits.</exception>
    public static async Task<DecodedImage> DecodeAsync(ViewerSources sources, string name, string? etag, CancellationToken cancellationToken)
    {
        if (name.Length == 0 || BlobNames.IsOutOfReach(name))
            throw new PermanentFailureException(FailureReason.UnusableName, "No client can ask for a blob of this name.");

        DecoderOptions limits = sources.Pipeline.Decoder;
        await using OpenedImage opened = await sources.Images.OpenAsync(name, etag, cancellationToken);
        if (opened.Length > limits.MaxBytes)
            throw new PermanentFailureException(FailureReason.TooManyBytes, $"The file has {opened.Length:N0} bytes; at most {limits.MaxBytes:N0} are shown.");

        byte[] bytes = ArrayPool<byte>.Shared.Rent((int)Math.Max(1, opened.Length));
        try
        {
            Memory<byte> encoded = bytes.AsMemory(0, (int)opened.Length);
            await opened.Content.ReadExactlyAsync(encoded, cancellationToken);
            return ImageDecoder.Decode(encoded.Span, limits);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _decoding.Dispose();

    private byte[]? Find(string? key)
    {
        lock (_gate)
        {
            if (key is null || !_kept.TryGetValue(key, out LinkedListNode<(string Key, byte[] Picture)>? node))
                return null;

            _byUse.Remove(node);
            _byUse.AddFirst(node);
            return node.Value.Picture;
        }
    }

    private void Keep(string? key, byte[] picture)
    {
        lock (_gate)
        {
            if (key is null || _kept.ContainsKey(key))
                return;

            _kept.Add(key, _byUse.AddFirst((key, picture)));
            _bytes += picture.Length;
            while (_bytes > MostBytes && _byUse.Last is { } oldest)
            {
                _byUse.RemoveLast();
                _kept.Remove(oldest.Value.Key);
                _bytes -= oldest.Value.Picture.Length;
            }
        }
    }
}
