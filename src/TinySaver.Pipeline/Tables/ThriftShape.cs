namespace TinySaver.Pipeline.Tables;

/// <summary>Walks through what a Parquet file says of itself, a structure in Thrift's compact protocol, without reading any of it.</summary>
/// <remarks>
/// Parquet.Net takes a field for what its number promises, whatever type is stated, reads on past the end, and counts as far as it is
/// told: a damaged byte makes it count for ever. So types, counts and lengths are compared with the format before it reads.
/// </remarks>
internal ref struct ThriftShape(ReadOnlySpan<byte> left)
{
    private const int Truth = 2;
    private const int Octet = 3;
    private const int LongestNumber = 6;
    private const int Real = 7;
    private const int Bytes = 8;
    private const int Elements = 9;
    private const int Struct = 12;

    // The structures of parquet.thrift with their fields in order of their numbers: n a number, t a truth, o an octet, b bytes, a
    // capital another structure, + a list of what follows, . unknown here.
    private static readonly Dictionary<char, string[]> Structures = new()
    {
        ['F'] = "n +S n +R +K b +Q . b".Split(' '), // the file; nothing that is encrypted can be read
        ['S'] = "n n n b n n n n n L".Split(' '), // a column's schema
        ['L'] = "E E E E D E T T . I E E E E E".Split(' '), // its logical type
        ['D'] = "n n".Split(' '),
        ['T'] = "t U".Split(' '),
        ['I'] = "o t".Split(' '),
        ['U'] = "E E E".Split(' '),
        ['E'] = [],
        ['Q'] = ["E"],
        ['R'] = "+C n n +O n n n".Split(' '), // a group of rows
        ['O'] = "n t t".Split(' '), // its order
        ['C'] = "b n M n n n n . b".Split(' '), // a column of it
        ['M'] = "n +n +b n n n n +K n n n Z +P n n H .".Split(' '),
        ['P'] = "n n n".Split(' '),
        ['H'] = "n +n +n".Split(' '),
        ['Z'] = "b b n n b b t t".Split(' '), // statistics
        ['K'] = "b b".Split(' '),
    };

    private ReadOnlySpan<byte> _left = left;

    /// <summary>Refuses a footer that does not fit into its bytes, or has not the fields that Parquet gives it.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or of a newer format.</exception>
    public static void Check(ReadOnlySpan<byte> footer) => new ThriftShape(footer).Structure('F');

    private void Structure(char name)
    {
        string[] fields = Structures[name];
        short number = 0;
        while (Byte() is var head and not 0)
        {
            number = (short)(head >> 4 == 0 ? Identifier() : number + (head >> 4));
            Value(number > 0 && number <= fields.Length ? fields[number - 1] : ".", head & 0x0F);
        }
    }

    private void Value(string promised, int type)
    {
        bool kept = promised[0] switch
        {
            'n' => type is > Octet and <= LongestNumber,
            't' => type is > 0 and <= Truth,
            'o' => type == Octet,
            'b' => type == Bytes,
            '+' => type == Elements,
            '.' => type is > 0 and <= Bytes,
            _ => type == Struct,
        };
        if (!kept)
            throw Damaged();

        switch (type)
        {
            case <= Truth: // is in the type itself
                break;
            case Octet:
                Skip(1);
                break;
            case <= LongestNumber:
                Number();
                break;
            case Real:
                Skip(sizeof(double));
                break;
            case Bytes:
                Skip(Number());
                break;
            case Elements:
                List(promised[1..]);
                break;
            default:
                Structure(promised[0]);
                break;
        }
    }

    private void List(string promised)
    {
        int head = Byte();
        ulong count = head >> 4 == 15 ? Number() : (ulong)(head >> 4);
        // No element takes less than a byte.
        if (count > (ulong)_left.Length)
            throw Damaged();

        for (ulong i = 0; i < count; i++)
            Value(promised, head & 0x0F);
    }

    private int Identifier()
    {
        ulong zigzag = Number();
        return zigzag <= ushort.MaxValue ? (int)(zigzag >> 1) ^ -(int)(zigzag & 1) : throw Damaged();
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

    private static InvalidDataException Damaged() => new("its footer is damaged, or of a newer format than is read here.");
}
