using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace TinySaver.Core.Labels;

/// <summary>Makes the labels table's keys from blob names: safe in keys and URLs, in the order of the names, never too long.</summary>
/// <remarks>
/// Letters and digits stand for themselves, but for <c>A</c>. Every other UTF-16 unit is escaped by a lead character and its
/// hexadecimal code, and the lead sorts where the escaped characters would: <c>.</c> for those up to <c>/</c>, <c>A</c> for
/// those from <c>:</c> to <c>A</c>, <c>_</c> for those between <c>Z</c> and <c>a</c>, <c>~</c> for those above <c>z</c>. So
/// ordinal order of names is ordinal order of keys, and only <c>A–Z a–z 0–9 . _ ~ -</c> occur, which need no escaping anywhere.
/// </remarks>
public static class LabelKeys
{
    /// <summary>The longest key in characters: Azure Tables allows 1 KiB of UTF-16.</summary>
    public const int MaxLength = 512;

    /// <summary>The batch of images that lie in no folder, as partition keys show it; no encoded folder is a bare underscore.</summary>
    public const string NoBatch = "_";

    // Cut keys end in this and a hash. After ~ an escape always has a digit, so no uncut key contains it; and ~ sorts last,
    // so a cut name still comes after its own prefixes.
    private const string CutMark = "~~";

    // 128 bits: a collision needs some 2^64 names that share the whole cut prefix.
    private const int CutHashBytes = 16;

    // A dash, and two digits of the name's hash.
    private const int PartitionSuffixLength = 3;

    /// <summary>The partition key of a blob name: its batch, a dash, and two hexadecimal digits of the name's SHA-256.</summary>
    /// <remarks>One batch spreads over 256 partitions, which <see cref="PartitionRange"/> lists.</remarks>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public static string PartitionKey(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return $"{Batch(Folder(name))}-{Hash(name, 1)}";
    }

    /// <summary>The row key of a blob name.</summary>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public static string RowKey(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return Encode(name, MaxLength);
    }

    /// <summary>The first and last partition key of a batch; between them lie exactly that batch's partitions.</summary>
    /// <param name="batch">The first path segment of the blob names; null or empty for images that lie in no folder.</param>
    public static (string First, string Last) PartitionRange(string? batch)
    {
        string encoded = Batch(batch);
        return ($"{encoded}-00", $"{encoded}-ff");
    }

    /// <summary>The first path segment of a blob name; null where it lies in no folder.</summary>
    public static string? Folder(string name)
    {
        int slash = name.IndexOf('/', StringComparison.Ordinal);

        // A name that starts with a slash has an empty first segment: no folder either.
        return slash <= 0 ? null : name[..slash];
    }

    private static string Batch(string? folder) =>
        string.IsNullOrEmpty(folder) ? NoBatch : Encode(folder, MaxLength - PartitionSuffixLength);

    private static string Encode(string text, int maxLength)
    {
        var key = new StringBuilder(text.Length + 16);
        int cut = 0;
        int room = maxLength - CutMark.Length - (2 * CutHashBytes);
        foreach (char c in text)
        {
            Append(key, c);

            // The last whole character after which mark and hash still fit.
            if (key.Length <= room)
                cut = key.Length;
        }

        if (key.Length <= maxLength)
            return key.ToString();

        key.Length = cut;
        return key.Append(CutMark).Append(Hash(text, CutHashBytes)).ToString();
    }

    private static void Append(StringBuilder key, char c)
    {
        if (c is (>= '0' and <= '9') or (> 'A' and <= 'Z') or (>= 'a' and <= 'z'))
            key.Append(c);
        else if (c > 'z')
            key.Append('~').Append(((int)c).ToString("X4", CultureInfo.InvariantCulture));
        else
            key.Append(c < '0' ? '.' : c <= 'A' ? 'A' : '_').Append(((int)c).ToString("X2", CultureInfo.InvariantCulture));
    }

    private static string Hash(string text, int bytes) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, bytes));
}
