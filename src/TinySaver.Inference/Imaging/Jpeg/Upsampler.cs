using System.Buffers;

namespace TinySaver.Inference.Imaging.Jpeg;

/// <summary>The samples of one component, as far as they are still needed: the newest two rows of MCUs.</summary>
internal readonly struct SampleRing(int width, int mcuRows) : IDisposable
{
    private readonly int _rows = 2 * mcuRows;
    private readonly byte[] _samples = ArrayPool<byte>.Shared.Rent(2 * mcuRows * (width + ColourRows.Slack));

    public int Stride { get; } = width + ColourRows.Slack;

    /// <summary>One row of samples and <see cref="ColourRows.Slack"/> behind it.</summary>
    public ReadOnlySpan<byte> Row(int row) => _samples.AsSpan(row % _rows * Stride, Stride);

    /// <summary>From the first sample of an 8×8 block on.</summary>
    public Span<byte> Block(int blockRow, int blockColumn) =>
        _samples.AsSpan((blockRow * 8 % _rows * Stride) + (blockColumn * 8), (7 * Stride) + 8);

    public void Dispose() => ArrayPool<byte>.Shared.Return(_samples);
}

/// <summary>Gives the chroma of each row of pixels at full width, for 4:4:4, 4:2:2 and 4:2:0.</summary>
internal readonly struct Upsampler : IDisposable
{
    private readonly JpegScan _scan;
    private readonly SampleRing _blue;
    private readonly SampleRing _red;
    private readonly int _count;
    private readonly int _lastRow;
    private readonly byte[] _rows;
    private readonly short[] _sums;

    public Upsampler(JpegScan scan, SampleRing blue, SampleRing red)
    {
        (_scan, _blue, _red) = (scan, blue, red);
        // Samples within the image: those that only fill up blocks never show.
        _count = (scan.Width + scan.AcrossFactor - 1) / scan.AcrossFactor;
        _lastRow = ((scan.Height + scan.DownFactor - 1) / scan.DownFactor) - 1;
        _rows = ArrayPool<byte>.Shared.Rent(2 * Wide);
        _sums = ArrayPool<short>.Shared.Rent(_count + (2 * ColourRows.Slack));
    }

    private int Wide => 2 * (_count + ColourRows.Slack);

    public UpsampledRows Rows(int y)
    {
        if (_scan.AcrossFactor == 1)
            return new(_blue.Row(y), _red.Row(y));
        Span<byte> first = _rows.AsSpan(0, Wide);
        Span<byte> second = _rows.AsSpan(Wide, Wide);
        if (_scan.DownFactor == 1)
        {
            ColourRows.Double(_blue.Row(y), _count, first);
            ColourRows.Double(_red.Row(y), _count, second);
        }
        else
        {
            int near = y / 2;
            // The rows above the first and below the last are those themselves.
            int far = Math.Clamp((y & 1) == 0 ? near - 1 : near + 1, 0, _lastRow);
            ColourRows.DoubleBoth(_blue.Row(near), _blue.Row(far), _count, _sums, first);
            ColourRows.DoubleBoth(_red.Row(near), _red.Row(far), _count, _sums, second);
        }

        return new(first, second);
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_rows);
        ArrayPool<short>.Shared.Return(_sums);
    }

    /// <summary>A row each of blue and red chroma.</summary>
    public readonly ref struct UpsampledRows(ReadOnlySpan<byte> blue, ReadOnlySpan<byte> red)
    {
        public ReadOnlySpan<byte> Blue { get; } = blue;

        public ReadOnlySpan<byte> Red { get; } = red;
    }
}
