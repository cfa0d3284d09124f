namespace TinySaver.Calibration.Search;

/// <summary>A random division of the calibration images: some select, the others certify.</summary>
/// <param name="Selection">Rows of the images that choose candidates, temperatures and threshold sequences, ascending.</param>
/// <param name="Certification">Rows of the images that certify, ascending.</param>
public sealed record SampleSplit(IReadOnlyList<int> Selection, IReadOnlyList<int> Certification)
{
    /// <summary>Divides images at random, the same way for the same keys, number and seed.</summary>
    /// <param name="samples">Number of images.</param>
    /// <param name="keys">One number for each image that does not depend on its row, or empty to use the row's number.</param>
    /// <param name="selecting">How many select, in [0, samples].</param>
    /// <param name="seed">Any number; another one draws another division.</param>
    /// <remarks>
    /// The images are ranked by a hash of key and seed. That is a random draw as far as the images' content goes, and no order of the rows
    /// changes it.
    /// </remarks>
    public static SampleSplit Draw(int samples, ReadOnlySpan<ulong> keys, int selecting, ulong seed)
    {
        ulong[] ranks = new ulong[samples];
        int[] rows = new int[samples];
        for (int i = 0; i < samples; i++)
        {
            ulong key = keys.IsEmpty ? (ulong)i : keys[i];
            ranks[i] = Mix(key ^ Mix(seed));
            rows[i] = i;
        }

        Array.Sort(ranks, rows);
        int[] selection = rows[..selecting];
        int[] certification = rows[selecting..];
        Array.Sort(selection);
        Array.Sort(certification);
        return new SampleSplit(selection, certification);
    }

    // SplitMix64's finaliser (Steele, Lea and Flood 2014): every input bit changes every output bit with probability about one half.
    private static ulong Mix(ulong value)
    {
        value += 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
