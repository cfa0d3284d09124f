using System.Buffers;
using TinySaver.Core.Failures;
using TinySaver.Inference.Imaging;

namespace TinySaver.Cli.Images;

/// <summary>Reads and decodes image files through pooled buffers.</summary>
internal static class ImageFileReader
{
    /// <summary>Decodes an image file.</summary>
    /// <exception cref="PermanentFailureException">The file is gone, cannot be read, or is not an image within the limits.</exception>
    public static DecodedImage Decode(string path, ImageLimits limits)
    {
        byte[]? rented = null;
        try
        {
            using var file = File.OpenHandle(path, options: FileOptions.SequentialScan);
            long length = RandomAccess.GetLength(file);
            if (length > limits.MaxBytes)
            {
                throw new PermanentFailureException(
                    FailureReason.TooManyBytes, $"The file has {length:N0} bytes; at most {limits.MaxBytes:N0} are accepted.");
            }

            rented = ArrayPool<byte>.Shared.Rent((int)Math.Max(length, 1));
            int read = 0;
            while (read < length)
            {
                int count = RandomAccess.Read(file, rented.AsSpan(read, (int)length - read), read);
                if (count == 0)
                {
                    break;
                }

                read += count;
            }

            return ImageDecoder.Decode(rented.AsSpan(0, read), limits);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new PermanentFailureException(
                error is FileNotFoundException or DirectoryNotFoundException ? FailureReason.Deleted : FailureReason.Unreadable,
                $"The file cannot be read: {error.Message}",
                error);
        }
        finally
        {
            if (rented is not null)
            {
                ArrayPool<byte>.Shared.Return(rented);
            }
        }
    }
}
