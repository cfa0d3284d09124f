using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace TinySaver.Core.Audits;

/// <summary>Draws the images that both models answer whoever decides, so that the guarantee can be watched.</summary>
public static class AuditSample
{
    /// <summary>Whether an image version, its ETag without quotes, is in the sample of a share of all images, in [0, 1].</summary>
    /// <remarks>Drawn from a hash, not from chance: every delivery of one version is decided the same. A greater share holds all of a smaller one.</remarks>
    public static bool Includes(string name, string etag, double share)
    {
        if (share <= 0)
            return false;

        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes($"shadow\n{name}\n{etag}"));
        return BinaryPrimitives.ReadUInt64LittleEndian(hash) < share * Math.ScaleB(1, 64);
    }
}
