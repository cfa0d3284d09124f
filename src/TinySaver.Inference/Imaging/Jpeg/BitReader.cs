using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace TinySaver.Inference.Imaging.Jpeg;

/// <summary>Reads the bits of an entropy-coded segment: stuffed zeros are dropped, a marker ends it.</summary>
internal ref struct BitReader(ReadOnlySpan<byte> data)
{
    private readonly ReadOnlySpan<byte> _data = data;
    private ulong _buffer;
    private int _count;
    private int _padding;
    private int _position;

    /// <summary>What <see cref="Fill"/> makes available at least: a code of 16 bits and a value of up to 15.</summary>
    public const int Enough = 32;

    /// <summary>The next bits, from the highest on, and how many there are.</summary>
    public (ulong Bits, int Count) Buffered
    {
        readonly get => (_buffer, _count);
        set => (_buffer, _count) = value;
    }

    /// <summary>Whether more bits were taken than there were before the marker.</summary>
    public readonly bool IsOverrun => _count < _padding;

    /// <summary>Makes at least <see cref="Enough"/> bits available. Behind the end they are 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Fill()
    {
        if (_count >= Enough)
            return;
        if (_position + 8 <= _data.Length)
        {
            ulong next = BinaryPrimitives.ReadUInt64BigEndian(_data[_position..]);
            // No byte is 0xFF: the usual trick to find a zero byte, on the complement.
            if (((~next - 0x0101010101010101) & next & 0x8080808080808080) == 0)
            {
                // Bits beyond the whole bytes may be set already: the next fill sets the same ones again.
                _buffer |= next >> _count;
                int bytes = (63 - _count) >> 3;
                _position += bytes;
                _count += bytes * 8;
                return;
            }
        }

        FillByByte();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly int Peek(int bits) => (int)(_buffer >> (64 - bits));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Skip(int bits)
    {
        _buffer <<= bits;
        _count -= bits;
    }

    /// <summary>The value that <paramref name="size"/> (1 to 15) further bits stand for.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Value(int size)
    {
        int value = Extend(Peek(size), size);
        Skip(size);
        return value;
    }

    /// <summary>Whether a marker, and nothing else, comes after the byte that is being read.</summary>
    // Whole bytes from behind the marker cannot be in the buffer: a fill stops before it.
    public readonly bool IsAt(int marker) =>
        !IsOverrun && _count - _padding < 8 && _position + 2 <= _data.Length && _data[_position] == 0xFF && _data[_position + 1] == marker;

    /// <summary>Drops the rest of the byte and steps over the restart marker. False where it is not the expected one.</summary>
    public bool TryRestart(int number)
    {
        if (!IsAt(0xD0 + (number & 7)))
            return false;

        _position += 2;
        (_buffer, _count, _padding) = (0, 0, 0);
        return true;
    }

    /// <summary>T.81 F.2.2.1: values without a leading 1 are negative.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Extend(int bits, int size) => bits < 1 << (size - 1) ? bits - (1 << size) + 1 : bits;

    [MethodImpl(HotLoop.CompiledOnce)]
    private void FillByByte()
    {
        while (_count <= 56)
        {
            int next = 0;
            if (_position >= _data.Length || (_data[_position] == 0xFF && (_position + 1 >= _data.Length || _data[_position + 1] != 0)))
            {
                _padding += 8;
            }
            else
            {
                next = _data[_position];
                _position += next == 0xFF ? 2 : 1;
            }

            _buffer |= (ulong)next << (56 - _count);
            _count += 8;
        }
    }
}
