using System.Buffers.Binary;
using System.Security.Cryptography;

namespace TinySaver.Cli.Search;

/// <summary>A bottom-k sketch of a set of images, by which a later set is recognised as overlapping without keeping every id.</summary>
/// <remarks>Keys are hashes, so the k smallest are a random sample of the set; sets of up to k images are kept whole.</remarks>
internal static class SampleSketch
{
    // 512 keys are 4 KB: an overlap of 1 % of the images is seen with a probability of 99 %.
    private const int MostKeys = 512;

    /// <summary>The sketch: the smallest keys, base64 of little-endian 64-bit numbers.</summary>
    public static string Make(IReadOnlyCollection<ulong> keys)
    {
        ulong[] smallest = [.. keys.Distinct().Order().Take(MostKeys)];
        byte[] bytes = new byte[smallest.Length * sizeof(ulong)];
        for (int i = 0; i < smallest.Length; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(i * sizeof(ulong)), smallest[i]);
        }

        return Convert.ToBase64String(bytes);
    }

    /// <summary>The share of the sketched images that are among other images, estimated from the sketch; 0 for a sketch that cannot be read.</summary>
    public static double Overlap(string sketch, IReadOnlyCollection<ulong> keys)
    {
        byte[] bytes = new byte[sketch.Length];
        if (!Convert.TryFromBase64String(sketch, bytes, out int length) || length < sizeof(ulong))
        {
            return 0;
        }

        HashSet<ulong> others = [.. keys];
        int count = length / sizeof(ulong);
        int shared = Enumerable.Range(0, count).Count(i => others.Contains(BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(i * sizeof(ulong)))));
        return shared / (double)count;
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
}
