using System.Buffers;

namespace TinySaver.Inference.Imaging.Jpeg;

/// <summary>The samples of one component, as far as they are still needed: the newest two rows of MCUs.</summary>
internal readonly struct SampleRing(int width, int mcuRows) : IDisposable
{
    private readonly int _stride = width + ColourRows.Slack;
    private readonly int _rows = 2 * mcuRows;
    private readonly byte[] _samples = ArrayPool<byte>.Shared.Rent(2 * mcuRows * (width + ColourRows.Slack));

    public int Stride => _stride;

    /// <summary>One row of samples and <see cref="ColourRows.Slack"/> behind it.</summary>
    public ReadOnlySpan<byte> Row(int row) => _samples.AsSpan(row % _rows * _stride, _stride);

    /// <summary>From the first sample of an 8×8 block on.</summary>
    public Span<byte> Block(int blockRow, int blockColumn) =>
        _samples.AsSpan((blockRow * 8 % _rows * _stride) + (blockColumn * 8), (7 * _stride) + 8);

    public void Dispose() => ArrayPool<byte>.Shared.Return(_samples);
}
