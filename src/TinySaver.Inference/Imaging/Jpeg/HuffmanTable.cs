using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace TinySaver.Inference.Imaging.Jpeg;

/// <summary>A JPEG Huffman table, spread out so that most symbols take one look-up (ITU-T T.81, annexes C and F.2).</summary>
internal sealed class HuffmanTable
{
    /// <summary>Bits of the look-up: the longer codes are rare, and the tables stay within the first-level cache.</summary>
    public const int LookupBits = 10;

    private const int LookupSize = 1 << LookupBits;
    private const int LongestCode = 16;

    // By the next bits: length << 8 | symbol, or 0 where the code is longer.
    private readonly ushort[] _codes = new ushort[LookupSize];

    // By the next bits, where code and value both fit: value << 16 | run << 8 | bits of both; or 0.
    private readonly int[] _values = new int[LookupSize];

    private readonly byte[] _counts = new byte[LongestCode];
    private readonly byte[] _symbols = new byte[256];
    private int _symbolCount = -1;

    // By code length: the first 16-bit pattern that is no longer a code of that length, and what turns a code into a place in _symbols.
    private readonly int[] _ends = new int[LongestCode + 1];
    private readonly int[] _offsets = new int[LongestCode + 1];

    /// <summary>Whether a table was read since the last <see cref="Reset"/>.</summary>
    public bool IsDefined { get; private set; }

    /// <summary>The highest symbol that has a code.</summary>
    public int MaxSymbol { get; private set; }

    public ReadOnlySpan<ushort> Codes => _codes;

    public ReadOnlySpan<int> Values => _values;

    public void Reset() => IsDefined = false;

    /// <summary>Reads the table from a DHT segment: 16 counts, then the symbols. False where that is no Huffman code.</summary>
    [MethodImpl(HotLoop.CompiledOnce)]
    public bool TryRead(ReadOnlySpan<byte> counts, ReadOnlySpan<byte> symbols)
    {
        // Encoders have few tables, and most use the standard's: what the last image had need not be spread out again.
        if (symbols.Length == _symbolCount && counts.SequenceEqual(_counts) && symbols.SequenceEqual(_symbols.AsSpan(0, _symbolCount)))
            return IsDefined = true;

        _symbolCount = -1;
        counts.CopyTo(_counts);
        symbols.CopyTo(_symbols);
        Array.Clear(_codes);
        Array.Clear(_values);
        (int code, int place) = (0, 0);
        for (int length = 1; length <= LongestCode; length++)
        {
            _offsets[length] = place - code;
            for (int i = 0; i < counts[length - 1]; i++, code++, place++)
            {
                if (length <= LookupBits && code < 1 << length)
                    Spread(code, length, symbols[place]);
            }

            // No code is made of ones alone, which libjpeg insists on too.
            if (code >= 1 << length)
                return false;
            _ends[length] = code << (LongestCode - length);
            code <<= 1;
        }

        MaxSymbol = symbols.IsEmpty ? 0 : TensorPrimitives.Max(symbols);
        _symbolCount = symbols.Length;
        return IsDefined = true;
    }

    /// <summary>Length &lt;&lt; 8 | symbol of a code longer than <see cref="LookupBits"/>, or 0 where the bits are no code.</summary>
    [MethodImpl(HotLoop.CompiledOnce)]
    public int Long(int next16)
    {
        for (int length = LookupBits + 1; length <= LongestCode; length++)
        {
            if (next16 < _ends[length])
                return (length << 8) | _symbols[((next16 >> (LongestCode - length)) + _offsets[length]) & 0xFF];
        }

        return 0;
    }

    [MethodImpl(HotLoop.CompiledOnce)]
    private void Spread(int code, int length, byte symbol)
    {
        int rest = LookupBits - length;
        int first = code << rest;
        _codes.AsSpan(first, 1 << rest).Fill((ushort)((length << 8) | symbol));
        (int run, int size) = (symbol >> 4, symbol & 15);
        if (size == 0 || size > rest)
            return;
        for (int i = 0; i < 1 << rest; i++)
            _values[first + i] = (BitReader.Extend(i >> (rest - size), size) << 16) | (run << 8) | (length + size);
    }
}
