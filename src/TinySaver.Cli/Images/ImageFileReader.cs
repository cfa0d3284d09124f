using System.Buffers;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using TinySaver.Core.Failures;
using TinySaver.Inference.Imaging;

namespace TinySaver.Cli.Images;

/// <summary>Reads and decodes image files through pooled buffers.</summary>
internal static class ImageFileReader
{
    // The setting of the function apps and of `run`, so that one name switches the short cut off everywhere.
    private static readonly DecoderOptions Options = new()
    {
        JpegShortCut = !string.Equals(Environment.GetEnvironmentVariable("TinySaver__Pipeline__JpegShortCut"), "false", StringComparison.OrdinalIgnoreCase),
    };

    /// <summary>Decodes an image file.</summary>
    /// <exception cref="PermanentFailureException">The file is gone, cannot be read, or is not an image within the limits.</exception>
    public static DecodedImage Decode(string path) => Decode(path, hash: false, out _);

    /// <summary>Decodes an image file, and gives the first 16 hex digits of the SHA-256 of its bytes.</summary>
    /// <exception cref="PermanentFailureException">The file is gone, cannot be read, or is not an image within the limits.</exception>
    public static DecodedImage Decode(string path, out string contentHash) => Decode(path, hash: true, out contentHash);

    private static DecodedImage Decode(string path, bool hash, out string contentHash)
    {
        byte[]? rented = null;
        try
        {
            if (UserFile.IsEmpty(path))
            {
                contentHash = "";
                return ImageDecoder.Decode([], Options);
            }

            using SafeFileHandle file = File.OpenHandle(path, options: FileOptions.SequentialScan);
            long length = RandomAccess.GetLength(file);
            if (length > Options.MaxBytes)
            {
                throw new PermanentFailureException(
                    FailureReason.TooManyBytes, $"The file has {length:N0} bytes; at most {Options.MaxBytes:N0} are accepted.");
            }

            rented = ArrayPool<byte>.Shared.Rent((int)Math.Max(length, 1));
            int read = 0;
            while (read < length)
            {
                int count = RandomAccess.Read(file, rented.AsSpan(read, (int)length - read), read);
                if (count == 0)
                    break;

                read += count;
            }

            contentHash = hash ? Convert.ToHexStringLower(SHA256.HashData(rented.AsSpan(0, read)).AsSpan(0, 8)) : "";
            return ImageDecoder.Decode(rented.AsSpan(0, read), Options);
        }
        catch (Exception error) when (UserFile.Failure(error) is { } failure)
        {
            throw failure;
        }
        finally
        {
            if (rented is not null)
                ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
