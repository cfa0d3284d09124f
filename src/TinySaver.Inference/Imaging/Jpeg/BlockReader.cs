using System.Runtime.CompilerServices;

namespace TinySaver.Inference.Imaging.Jpeg;

/// <summary>Reads blocks of coefficients and turns them into samples (ITU-T T.81, F.2).</summary>
internal static class BlockReader
{
    /// <summary>Reads one block. False where the bits make no sense or the numbers are beyond those of an image.</summary>
    [SkipLocalsInit]
    [MethodImpl(HotLoop.CompiledOnce)]
    public static bool TryRead(
        ref BitReader bits, JpegScan scan, int component, ref int prediction, in SampleRing samples, int blockRow, int blockColumn)
    {
        bits.Fill();
        HuffmanTable dc = scan.Dc(component);
        int code = dc.Codes[bits.Peek(HuffmanTable.LookupBits)];
        if (code == 0 && (code = dc.Long(bits.Peek(16))) == 0)
            return false;
        bits.Skip(code >> 8);
        int size = code & 0xFF;
        if (size > 0)
            prediction += bits.Value(size);

        Span<short> block = stackalloc short[64];
        block.Clear();
        block[0] = (short)prediction;
        int last = ReadRest(ref bits, scan.Ac(component), block);
        if (last < 0)
            return false;
        short[] quantisation = scan.Quantisation(component);
        if (last == 0)
            InverseDct.WriteFlat((short)prediction, quantisation[0], samples.Block(blockRow, blockColumn), samples.Stride);
        else
            return InverseDct.TryWrite(block, quantisation, samples.Block(blockRow, blockColumn), samples.Stride);
        return true;
    }

    // The place of the last coefficient that is not 0, or −1 where the bits make no sense.
    [MethodImpl(HotLoop.CompiledOnce)]
    private static int ReadRest(ref BitReader bits, HuffmanTable table, scoped Span<short> block)
    {
        ReadOnlySpan<int> values = table.Values;
        ReadOnlySpan<ushort> codes = table.Codes;
        ReadOnlySpan<byte> places = InverseDct.Places;
        int place = 0;

        // In registers, where a reader behind a reference would be stored and loaded again at each coefficient.
        (ulong buffer, int count) = bits.Buffered;
        while (place < 63)
        {
            if (count < BitReader.Enough)
            {
                bits.Buffered = (buffer, count);
                bits.Fill();
                (buffer, count) = bits.Buffered;
            }

            int next = (int)(buffer >> (64 - HuffmanTable.LookupBits));
            int value = values[next];
            if (value != 0)
            {
                buffer <<= value;
                count -= value & 0xFF;
                place += ((value >> 8) & 15) + 1;
                block[places[place]] = (short)(value >> 16);
                continue;
            }

            int code = codes[next];
            if (code == 0 && (code = table.Long((int)(buffer >> 48))) == 0)
                return -1;
            buffer <<= code >> 8;
            count -= code >> 8;
            int size = code & 15;
            int run = (code >> 4) & 15;
            if (size != 0)
            {
                place += run + 1;
                block[places[place]] = (short)BitReader.Extend((int)(buffer >> (64 - size)), size);
                buffer <<= size;
                count -= size;
            }
            else if (run == 15)
            {
                place += 16;
            }
            else
            {
                break;
            }
        }

        bits.Buffered = (buffer, count);
        return place <= 63 ? place : -1;
    }
}
