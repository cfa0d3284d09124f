using System.Buffers.Binary;

namespace TinySaver.Fuzz.Images;

/// <summary>Damages a JPEG where it hurts: segments, tables, the entropy-coded data and the end.</summary>
internal static class JpegDamage
{
    /// <summary>Applies one or two kinds of damage.</summary>
    public static byte[] Apply(byte[] jpeg, byte[] other, Random random)
    {
        byte[] once = Once(jpeg, other, random);
        return random.Next(3) == 0 ? Mutator.Damage(once, other, 700, random) : once;
    }

    private static byte[] Once(byte[] jpeg, byte[] other, Random random)
    {
        List<(int Start, int End)> segments = Segments(jpeg);
        if (segments.Count < 3)
            return Mutator.Damage(jpeg, other, 700, random);
        int data = segments[^1].End;
        (int Start, int End) chosen = segments[random.Next(segments.Count)];
        (int Start, int End) second = segments[random.Next(segments.Count)];
        switch (random.Next(14))
        {
            case 0:
                return [.. jpeg[..chosen.Start], .. jpeg[chosen.End..]];
            case 1:
                return [.. jpeg[..chosen.End], .. jpeg[chosen.Start..]];
            case 2:
                return [.. jpeg[..chosen.Start], .. jpeg[second.Start..second.End], .. jpeg[chosen.End..]];
            case 3 or 4 or 5:
                return Changed(jpeg, data, jpeg.Length, random, random.Next(1, 6));
            case 6 or 7:
                return Changed(jpeg, chosen.Start + 4, chosen.End, random, random.Next(1, 4));
            case 8:
                // Huge factors or huge coefficients: what overflows.
                var tables = segments.Where(segment => jpeg[segment.Start + 1] == 0xDB).ToList();
                (int Start, int End) table = tables.Count == 0 ? chosen : tables[random.Next(tables.Count)];
                byte[] loud = (byte[])jpeg.Clone();
                loud.AsSpan(Math.Min(table.Start + 5, table.End)..table.End).Fill(255);
                return random.Next(2) == 0 ? loud : Changed(loud, data, loud.Length, random, random.Next(1, 6));
            case 9:
                return jpeg[..^random.Next(1, Math.Min(8, jpeg.Length - data))];
            case 10:
                return [.. jpeg[..^2], .. Few(random), 0xFF, 0xD9];
            case 11:
                return [.. jpeg, .. Few(random)];
            case 12:
                int place = random.Next(data, jpeg.Length);
                return [.. jpeg[..place], 0xFF, (byte)random.Next(0xC0, 0x100), .. jpeg[place..]];
            default:
                List<(int Start, int End)> otherSegments = Segments(other);
                return otherSegments.Count == 0
                    ? jpeg
                    : [.. jpeg[..data], .. other[otherSegments[^1].End..]];
        }
    }

    private static byte[] Few(Random random)
    {
        byte[] telling = [0, 0xFF, 0x00, 0xD0, 0xD9, 0xFF, (byte)random.Next(256)];
        return [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => telling[random.Next(telling.Length)])];
    }

    private static byte[] Changed(byte[] bytes, int start, int end, Random random, int changes)
    {
        byte[] changed = (byte[])bytes.Clone();
        for (; changes > 0 && start < end; changes--)
            changed[random.Next(start, end)] = random.Next(3) == 0 ? (byte)random.Next(256) : (byte)(changed[random.Next(start, end)] ^ (1 << random.Next(8)));
        return changed;
    }

    // From marker to marker, up to and with the header of the first scan.
    private static List<(int Start, int End)> Segments(byte[] jpeg)
    {
        var segments = new List<(int, int)>();
        int position = 2;
        while (position + 4 <= jpeg.Length && jpeg[position] == 0xFF)
        {
            int end = position + 2 + BinaryPrimitives.ReadUInt16BigEndian(jpeg.AsSpan(position + 2));
            if (end > jpeg.Length)
                break;
            segments.Add((position, end));
            if (jpeg[position + 1] == 0xDA)
                break;
            position = end;
        }

        return segments;
    }
}
