namespace TinySaver.Cli.Tables;

/// <summary>Walks through a structure in Thrift's compact protocol, in which Parquet keeps what it says of itself, without reading any of it.</summary>
/// <remarks>Parquet.Net reads on past the end, and goes as deep and counts as far as it is told: a damaged byte makes two thousand million elements.</remarks>
internal ref struct ThriftShape(ReadOnlySpan<byte> left)
{
    // Parquet's own structures are seven deep.
    private const int MostLevels = 32;

    private ReadOnlySpan<byte> _left = left;

    /// <summary>Refuses a structure that does not fit into its bytes.</summary>
    /// <exception cref="InvalidDataException">It is longer than the bytes, or too deep.</exception>
    public static void Check(ReadOnlySpan<byte> structure) => new ThriftShape(structure).Structure(0);

    private void Structure(int level)
    {
        if (level > MostLevels)
            throw Damaged();

        while (Byte() is var field && (field & 0x0F) != 0)
        {
            if (field >> 4 == 0)
                Number();

            // A field's truth is in its type.
            if ((field & 0x0F) > 2)
                Value(field & 0x0F, level);
        }
    }

    private void Value(int type, int level)
    {
        switch (type)
        {
            case 1 or 2 or 3:
                Skip(1);
                break;
            case 4 or 5 or 6:
                Number();
                break;
            case 7:
                Skip(sizeof(double));
                break;
            case 8:
                Skip(Number());
                break;
            case 9 or 10:
                int list = Byte();
                Values(list >> 4 == 15 ? Number() : (ulong)(list >> 4), list & 0x0F, null, level + 1);
                break;
            case 11:
                ulong pairs = Number();
                int types = pairs == 0 ? 0 : Byte();
                Values(pairs, types >> 4, types & 0x0F, level + 1);
                break;
            case 12:
                Structure(level + 1);
                break;
            default:
                throw Damaged();
        }
    }

    private void Values(ulong count, int type, int? second, int level)
    {
        // No value takes less than a byte.
        if (count > (ulong)_left.Length || level > MostLevels)
            throw Damaged();

        for (ulong i = 0; i < count; i++)
        {
            Value(type, level);
            if (second is { } other)
                Value(other, level);
        }
    }

    private int Byte()
    {
        if (_left.IsEmpty)
            throw Damaged();

        byte value = _left[0];
        _left = _left[1..];
        return value;
    }

    private ulong Number()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            int part = Byte();
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
                return value;
        }

        throw Damaged();
    }

    private void Skip(ulong bytes) => _left = bytes <= (ulong)_left.Length ? _left[(int)bytes..] : throw Damaged();

    private static InvalidDataException Damaged() => new("its footer is damaged.");
}
