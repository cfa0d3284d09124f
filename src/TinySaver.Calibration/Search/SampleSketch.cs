using System.Buffers.Binary;
using System.Security.Cryptography;
using TinySaver.Core.Cascade;

namespace TinySaver.Calibration.Search;

/// <summary>A few images' keys in a policy, by which a later set is recognised as overlapping without keeping every id.</summary>
/// <remarks>Keys are hashes, so the smallest are a random sample of the set.</remarks>
public static class SampleSketch
{
    // An overlap of 5 % of the images is seen with a probability of 91 %, one of 10 % with 99 %, and a smaller one hardly flatters.
    private const int MostKeys = 48;

    // The first 40 bits of a key: among a million other images each of 48 is met by chance once in a million cases.
    private const int KeyBytes = 5;
    private const int DroppedBits = 64 - (8 * KeyBytes);

    /// <summary>The sketch of a set: the first five bytes of its smallest keys, base64; at most 320 characters.</summary>
    public static string Make(IReadOnlyCollection<ulong> keys)
    {
        var bytes = new List<byte>(MostKeys * KeyBytes);
        Span<byte> key = stackalloc byte[sizeof(ulong)];
        foreach (ulong smallest in keys.Distinct().Order().Take(MostKeys))
        {
            BinaryPrimitives.WriteUInt64BigEndian(key, smallest);
            bytes.AddRange(key[..KeyBytes]);
        }

        return Convert.ToBase64String([.. bytes]);
    }

    /// <summary>The share of a policy's calibration images that are among other images, estimated from its sketch; 0 where it has none that can be read.</summary>
    public static double Overlap(PolicyProvenance? provenance, IReadOnlyCollection<ulong> keys)
    {
        ulong[] sample = provenance?.CalibrationSample is { } sketch ? Read(sketch, KeyBytes)
            : provenance?.CalibrationSketch is { } longer ? Read(longer, sizeof(ulong))
            : [];
        HashSet<ulong> others = [.. keys.Select(key => key >> DroppedBits)];
        return sample.Length == 0 ? 0 : sample.Count(others.Contains) / (double)sample.Length;
    }

    /// <summary>SHA-256 of the sorted keys, lower-case hex: identifies the set.</summary>
    public static string Hash(IReadOnlyCollection<ulong> keys)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        foreach (ulong key in keys.Order())
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, key);
            hash.AppendData(bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    // Whole keys are little-endian, as the first version of the tool wrote them; shortened ones begin with the highest byte.
    private static ulong[] Read(string sketch, int keyBytes)
    {
        byte[] bytes = new byte[sketch.Length];
        if (!Convert.TryFromBase64String(sketch, bytes, out int length))
            return [];

        return [.. bytes[..length].Chunk(keyBytes).Where(chunk => chunk.Length == keyBytes).Select(chunk =>
            keyBytes == sizeof(ulong) ? BinaryPrimitives.ReadUInt64LittleEndian(chunk) >> DroppedBits : chunk.Aggregate(0UL, (key, next) => (key << 8) | next))];
    }
}
