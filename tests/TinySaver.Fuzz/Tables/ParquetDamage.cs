using System.Buffers.Binary;

namespace TinySaver.Fuzz.Tables;

/// <summary>Damages Parquet in its pages or in its footer, and as a rule leaves the frame right, so that the damage reaches the code behind it.</summary>
internal static class ParquetDamage
{
    private static readonly byte[] Magic = "PAR1"u8.ToArray();

    /// <summary>Applies it.</summary>
    public static byte[] Apply(byte[] parquet, byte[] other, Random random)
    {
        int footerLength = BinaryPrimitives.ReadInt32LittleEndian(parquet.AsSpan(parquet.Length - 8));
        (byte[] body, byte[] footer) = (parquet[..^(footerLength + 8)], parquet[^(footerLength + 8)..^8]);
        switch (random.Next(4))
        {
            case 0:
                return Mutator.Damage(parquet, other, 60, random);
            case 1:
                // The headers of pages are short and lie everywhere.
                body = [.. Magic, .. Mutator.Damage(body[4..], other, body.Length, random)];
                break;
            default:
                footer = Mutator.Damage(footer, other, footer.Length, random);
                break;
        }

        byte[] length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, random.Next(20) == 0 ? random.Next() : footer.Length);
        return [.. body, .. footer, .. length, .. Magic];
    }
}
