using System.Buffers;
using System.Runtime.CompilerServices;

namespace TinySaver.Inference.Imaging;

/// <summary>For a run of output positions along one axis: which input positions each is made of, and with which weights.</summary>
/// <remarks>
/// Pillow's <c>precompute_coeffs</c> and <c>normalize_coeffs_8bpc</c> (<c>src/libImaging/Resample.c</c>), term by term, since a
/// different order of rounding would show in the pixels. Computed for each image rather than cached: it is a few hundredths of a decode,
/// and a cache would need a bound, a lock and arrays that no pool gets back.
/// </remarks>
internal readonly struct ResampleWeights(int[] starts, int[] taps, int[] weights, int count, int stride, int maxTaps) : IDisposable
{
    /// <summary>Fractional bits of a weight: 32 less 8 for the pixel and 2 for the overshoot of cubic weights.</summary>
    public const int PrecisionBits = 32 - 8 - 2;

    /// <summary>Half a unit of the result: added before the shift by <see cref="PrecisionBits"/>, it rounds.</summary>
    public const int Half = 1 << (PrecisionBits - 1);

    /// <summary>Each output's weights fill a multiple of this many places (zeros at the end), so that vector loops need no tail.</summary>
    public const int TapBlock = 4;

    /// <summary>Output positions.</summary>
    public int Count { get; } = count;

    /// <summary>Places in <see cref="Weights"/> for each output position.</summary>
    public int Stride { get; } = stride;

    /// <summary>No output position has more weights than this.</summary>
    public int MaxTaps { get; } = maxTaps;

    /// <summary>For each output position the first input position.</summary>
    public ReadOnlySpan<int> Starts => starts.AsSpan(0, Count);

    /// <summary>For each output position how many input positions it is made of.</summary>
    public ReadOnlySpan<int> Taps => taps.AsSpan(0, Count);

    /// <summary>The weights of output position i begin at i × <see cref="Stride"/>; unused places are 0.</summary>
    public ReadOnlySpan<int> Weights => weights.AsSpan(0, Count * Stride);

    /// <summary>Computes the weights for the output positions <paramref name="first"/> to <paramref name="first"/> + <paramref name="count"/> − 1.</summary>
    [MethodImpl(HotLoop.CompiledOnce)]
    public static ResampleWeights Compute(int inputSize, int outputSize, ResampleFilter filter, int first, int count)
    {
        double scale = (double)inputSize / outputSize;
        double filterScale = Math.Max(scale, 1.0);
        double support = (filter == ResampleFilter.Bicubic ? 2.0 : 1.0) * filterScale;
        double inverse = 1.0 / filterScale;
        int maxTaps = Math.Min((2 * (int)Math.Ceiling(support)) + 1, inputSize);
        int stride = (maxTaps + TapBlock - 1) / TapBlock * TapBlock;

        int[] starts = ArrayPool<int>.Shared.Rent(count);
        int[] taps = ArrayPool<int>.Shared.Rent(count);
        int[] weights = ArrayPool<int>.Shared.Rent(checked(count * stride));
        double[] exactArray = ArrayPool<double>.Shared.Rent(maxTaps);
        for (int i = 0; i < count; i++)
        {
            double center = (first + i + 0.5) * scale;
            int start = Math.Max((int)(center - support + 0.5), 0);
            int end = Math.Min((int)(center + support + 0.5), inputSize);
            Span<double> exact = exactArray.AsSpan(0, end - start);
            double sum = 0.0;
            for (int x = 0; x < exact.Length; x++)
            {
                double distance = (x + start - center + 0.5) * inverse;
                double weight = filter == ResampleFilter.Bicubic ? Cubic(distance) : Triangle(distance);
                exact[x] = weight;
                sum += weight;
            }

            Span<int> row = weights.AsSpan(i * stride, stride);
            for (int x = 0; x < exact.Length; x++)
            {
                double normalised = (sum != 0.0 ? exact[x] / sum : exact[x]) * (1 << PrecisionBits);
                row[x] = (int)(normalised < 0 ? normalised - 0.5 : normalised + 0.5);
            }

            row[exact.Length..].Clear();
            starts[i] = start;
            taps[i] = exact.Length;
        }

        ArrayPool<double>.Shared.Return(exactArray);
        return new ResampleWeights(starts, taps, weights, count, stride, maxTaps);
    }

    public void Dispose()
    {
        if (weights is null)
            return;
        ArrayPool<int>.Shared.Return(starts);
        ArrayPool<int>.Shared.Return(taps);
        ArrayPool<int>.Shared.Return(weights);
    }

    private static double Triangle(double x)
    {
        x = Math.Abs(x);
        return x < 1.0 ? 1.0 - x : 0.0;
    }

    private static double Cubic(double x)
    {
        const double a = -0.5;
        x = Math.Abs(x);
        if (x < 1.0)
            return ((((a + 2.0) * x) - (a + 3.0)) * x * x) + 1;
        return x < 2.0 ? ((((x - 5) * x) + 8) * x - 4) * a : 0.0;
    }
}
