using System.Buffers.Binary;

namespace TinySaver.Inference.Imaging.Jpeg;

/// <summary>What the header of a common JPEG says: sizes, subsampling and tables. Reused from image to image.</summary>
internal sealed class JpegScan
{
    // Of the differences between the first coefficients of blocks, in 8-bit images.
    private const int MaxDifferenceBits = 11;

    private readonly HuffmanTable[] _dc = [new(), new(), new(), new()];
    private readonly HuffmanTable[] _ac = [new(), new(), new(), new()];
    private readonly short[][] _quantisations = [new short[64], new short[64], new short[64], new short[64]];
    private readonly byte[] _quantisationOf = new byte[3];
    private readonly byte[] _tablesOf = new byte[3];
    private readonly byte[] _ids = new byte[3];
    private int _quantisationsRead;
    private bool _hasJfif;
    private int _adobeTransform;

    public int Width { get; private set; }

    public int Height { get; private set; }

    /// <summary>Luma samples across for each chroma sample: 1 or 2.</summary>
    public int AcrossFactor { get; private set; }

    /// <summary>Luma samples down for each chroma sample: 1 or 2.</summary>
    public int DownFactor { get; private set; }

    /// <summary>MCUs between restart markers, or 0.</summary>
    public int RestartInterval { get; private set; }

    /// <summary>Where the entropy-coded data begin.</summary>
    public int DataStart { get; private set; }

    public HuffmanTable Dc(int component) => _dc[_tablesOf[component] >> 4];

    public HuffmanTable Ac(int component) => _ac[_tablesOf[component] & 15];

    /// <summary>The factors of a component in the order of <see cref="InverseDct.Places"/>.</summary>
    public short[] Quantisation(int component) => _quantisations[_quantisationOf[component]];

    /// <summary>Reads the header. False for anything but sound baseline Y′CbCr in one scan at 4:4:4, 4:2:2 or 4:2:0.</summary>
    public bool TryRead(ReadOnlySpan<byte> jpeg)
    {
        foreach (HuffmanTable table in _dc)
            table.Reset();
        foreach (HuffmanTable table in _ac)
            table.Reset();
        (_quantisationsRead, _hasJfif, _adobeTransform, Width, RestartInterval) = (0, false, -1, 0, 0);
        int position = 2;
        while (position + 4 <= jpeg.Length && jpeg[position] == 0xFF)
        {
            byte marker = jpeg[position + 1];
            ushort length = BinaryPrimitives.ReadUInt16BigEndian(jpeg[(position + 2)..]);
            if (length < 2 || position + 2 + length > jpeg.Length)
                return false;
            ReadOnlySpan<byte> body = jpeg.Slice(position + 4, length - 2);
            position += 2 + length;
            if (marker == 0xDA)
            {
                DataStart = position;
                return TryReadScan(body);
            }

            bool understood = marker switch
            {
                0xC0 or 0xC1 => TryReadFrame(body),
                0xC4 => TryReadHuffman(body),
                0xDB => TryReadQuantisation(body),
                0xDD => TryReadRestart(body),
                0xE0 => _hasJfif |= body.Length >= 14 && body.StartsWith("JFIF\0"u8),
                0xEE => TryReadAdobe(body),
                // Other application segments and comments say nothing about the pixels; other frames are not for here.
                _ => marker is > 0xE0 and <= 0xEF or 0xFE,
            };
            if (!understood && marker != 0xE0)
                return false;
        }

        return false;
    }

    private bool TryReadFrame(ReadOnlySpan<byte> body)
    {
        if (Width != 0 || body.Length != 15 || body[0] != 8 || body[5] != 3)
            return false;
        Height = BinaryPrimitives.ReadUInt16BigEndian(body[1..]);
        Width = BinaryPrimitives.ReadUInt16BigEndian(body[3..]);
        (AcrossFactor, DownFactor) = (body[7] >> 4, body[7] & 15);
        for (int i = 0; i < 3; i++)
        {
            _ids[i] = body[6 + (3 * i)];
            _quantisationOf[i] = body[8 + (3 * i)];
            if (_quantisationOf[i] > 3 || (i > 0 && body[7 + (3 * i)] != 0x11))
                return false;
        }

        // Narrower images take libjpeg's plain upsampling: not worth a second way.
        return Height > 0 && Width >= 16 && (AcrossFactor, DownFactor) is (1, 1) or (2, 1) or (2, 2);
    }

    private bool TryReadHuffman(ReadOnlySpan<byte> body)
    {
        while (body.Length >= 17)
        {
            ReadOnlySpan<byte> counts = body.Slice(1, 16);
            int total = 0;
            foreach (byte count in counts)
                total += count;
            if ((body[0] & 0xEC) != 0 || total > 256 || body.Length < 17 + total)
                return false;
            HuffmanTable table = ((body[0] & 0x10) == 0 ? _dc : _ac)[body[0] & 3];
            if (!table.TryRead(counts, body.Slice(17, total)))
                return false;
            body = body[(17 + total)..];
        }

        return body.IsEmpty;
    }

    private bool TryReadQuantisation(ReadOnlySpan<byte> body)
    {
        while (body.Length >= 65)
        {
            // 16-bit factors are for 12-bit images.
            if (body[0] > 3)
                return false;
            for (int i = 0; i < 64; i++)
                _quantisations[body[0]][InverseDct.Places[i]] = body[1 + i];
            _quantisationsRead |= 1 << body[0];
            body = body[65..];
        }

        return body.IsEmpty;
    }

    private bool TryReadRestart(ReadOnlySpan<byte> body)
    {
        if (body.Length != 2)
            return false;
        RestartInterval = BinaryPrimitives.ReadUInt16BigEndian(body);
        return true;
    }

    private bool TryReadAdobe(ReadOnlySpan<byte> body)
    {
        if (body.Length >= 12 && body.StartsWith("Adobe"u8))
            _adobeTransform = body[11];
        return true;
    }

    private bool TryReadScan(ReadOnlySpan<byte> body)
    {
        if (Width == 0 || body.Length != 10 || body[0] != 3 || body[7] != 0 || body[8] != 63 || body[9] != 0)
            return false;
        for (int i = 0; i < 3; i++)
        {
            _tablesOf[i] = body[2 + (2 * i)];
            if (body[1 + (2 * i)] != _ids[i] || (_tablesOf[i] & 0xCC) != 0 || !Dc(i).IsDefined || Dc(i).MaxSymbol > MaxDifferenceBits || !Ac(i).IsDefined
                || (_quantisationsRead & (1 << _quantisationOf[i])) == 0)
            {
                return false;
            }
        }

        // libjpeg's rule, without its guesses: JFIF means Y′CbCr, else Adobe's segment tells.
        return _hasJfif || _adobeTransform == 1 || (_adobeTransform < 0 && _ids.AsSpan().SequenceEqual((ReadOnlySpan<byte>)[1, 2, 3]));
    }
}
