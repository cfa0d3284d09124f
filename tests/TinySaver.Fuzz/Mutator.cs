namespace TinySaver.Fuzz;

/// <summary>Damages bytes in the ways of broken transfers, broken writers and people who mean harm.</summary>
internal static class Mutator
{
    // Sizes, counts and signs go wrong at their ends.
    private static readonly byte[] Telling = [0, 1, 2, 0x7F, 0x80, 0xFE, 0xFF];

    /// <summary>Applies one to six kinds of damage.</summary>
    /// <param name="input">Left as it is.</param>
    /// <param name="other">Another sound input, for splices.</param>
    /// <param name="head">The length of the part that holds sizes and tables: half of the damage goes there.</param>
    /// <param name="random">Decides everything.</param>
    public static byte[] Damage(byte[] input, byte[] other, int head, Random random)
    {
        byte[] bytes = input;
        for (int rounds = random.Next(1, 4) * random.Next(1, 3); rounds > 0 && bytes.Length > 0; rounds--)
            bytes = DamageOnce(bytes, other, head, random);
        return bytes;
    }

    private static byte[] DamageOnce(byte[] bytes, byte[] other, int head, Random random)
    {
        int place = random.Next(random.Next(2) == 0 ? Math.Min(head, bytes.Length) : bytes.Length);
        int length = Math.Min(1 + random.Next(1 << random.Next(1, 9)), bytes.Length - place);
        switch (random.Next(12))
        {
            case 0 or 1 or 2:
                return Changed(bytes, place, (byte)(bytes[place] ^ (1 << random.Next(8))));
            case 3:
                return Changed(bytes, place, (byte)random.Next(256));
            case 4:
                return Changed(bytes, place, Telling[random.Next(Telling.Length)]);
            case 5:
                byte[] filled = (byte[])bytes.Clone();
                filled.AsSpan(place, length).Fill(Telling[random.Next(Telling.Length)]);
                return filled;
            case 6:
                return bytes[..place];
            case 7:
                return [.. bytes[..place], .. bytes[(place + length)..]];
            case 8:
                byte[] noise = new byte[length];
                random.NextBytes(noise);
                return [.. bytes[..place], .. noise, .. bytes[place..]];
            case 9:
                return [.. bytes[..(place + length)], .. bytes[place..]];
            case 10:
                int start = random.Next(other.Length);
                return [.. bytes[..place], .. other.AsSpan(start, Math.Min(length * 8, other.Length - start)), .. bytes[(place + length)..]];
            default:
                // Damage near the end: a last block, an end marker, a checksum.
                int last = bytes.Length - 1 - random.Next(Math.Min(16, bytes.Length));
                return random.Next(2) == 0 ? bytes[..last] : Changed(bytes, last, (byte)random.Next(256));
        }
    }

    private static byte[] Changed(byte[] bytes, int place, byte value)
    {
        byte[] changed = (byte[])bytes.Clone();
        changed[place] = value;
        return changed;
    }
}
