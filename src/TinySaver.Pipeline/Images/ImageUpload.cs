using System.Security.Cryptography;
using TinySaver.Core.Labels;

namespace TinySaver.Pipeline.Images;

/// <summary>Uploads what storage has not got yet.</summary>
public static class ImageUpload
{
    /// <summary>What storage tells by whether a blob has the same content; the stream is at its start again.</summary>
    public static byte[] Md5Of(Stream content)
    {
#pragma warning disable CA5351 // Not for security: storage keeps the MD5 of a blob, and tells by it whether the content is the same.
        byte[] md5 = MD5.HashData(content);
#pragma warning restore CA5351
        content.Position = 0;
        return md5;
    }

    /// <summary>Uploads an image unless the blob of that name has its content.</summary>
    /// <param name="images">Where to.</param>
    /// <param name="name">The blob's name.</param>
    /// <param name="content">Its bytes.</param>
    /// <param name="md5">Their MD5.</param>
    /// <param name="present">What storage has under the name; null for nothing.</param>
    /// <param name="cancellationToken">Ends the upload.</param>
    /// <returns>The version that storage has now, and whether it had it before.</returns>
    public static async Task<(ImageVersion Version, bool Skipped)> UploadAsync(
        IImageStore images, string name, Stream content, byte[] md5, ListedImage? present, CancellationToken cancellationToken) =>
        present?.Md5 is { } there && there.AsSpan().SequenceEqual(md5)
            ? (present.Version, true)
            : (await images.UploadAsync(name, content, md5, cancellationToken).ConfigureAwait(false), false);
}
