using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace TinySaver.Core.Escalations;

/// <summary>Chooses the confident images that the large model also sees, to watch the saver for drift.</summary>
public static class ShadowSample
{
    /// <summary>Whether an image version is in the sample.</summary>
    /// <remarks>Drawn from a hash, not from chance: every delivery of one version is decided the same.</remarks>
    /// <param name="name">The blob name.</param>
    /// <param name="etag">The version's ETag without quotes.</param>
    /// <param name="share">The share of images in [0, 1].</param>
    public static bool Includes(string name, string etag, double share)
    {
        if (share <= 0)
            return false;

        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes($"shadow\n{name}\n{etag}"));
        return BinaryPrimitives.ReadUInt64LittleEndian(hash) < share * Math.ScaleB(1, 64);
    }
}
