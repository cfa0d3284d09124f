using System.Numerics.Tensors;

namespace TinySaver.Calibration.Planning;

/// <summary>Counts latencies, so finely that a quantile is right to 1 %, for each part of the time of upload.</summary>
/// <param name="seconds">The time.</param>
/// <param name="parts">Its parts.</param>
public sealed class LatencyCurve(double seconds, int parts)
{
    // 64 steps for each doubling, from a millisecond (2^-10 s) on.
    private const int Shift = 52 - 6;
    private const long First = (1023L - 10) << 6;

    private readonly int[][] _counts = [.. Enumerable.Repeat(Array.Empty<int>(), parts)];
    private readonly double _partsPerSecond = parts / seconds;
    private double _sum;

    /// <summary>Images that were counted.</summary>
    public long Count { get; private set; }

    /// <summary>The mean in seconds.</summary>
    public double Mean => _sum / Count;

    /// <summary>An image was labelled.</summary>
    public void Add(double uploaded, double labelled)
    {
        double latency = labelled - uploaded;
        Count++;
        _sum += latency;
        int step = (int)Math.Max(0, (BitConverter.DoubleToInt64Bits(latency) >> Shift) - First);
        int part = Math.Min(parts - 1, (int)(uploaded * _partsPerSecond));
        if (step >= _counts[part].Length)
            Array.Resize(ref _counts[part], step + 64);

        _counts[part][step]++;
    }

    /// <summary>What this one and another of the same time have counted.</summary>
    public LatencyCurve With(LatencyCurve other)
    {
        var both = new LatencyCurve(seconds, parts) { Count = Count + other.Count, _sum = _sum + other._sum };
        for (int part = 0; part < parts; part++)
            both._counts[part] = Sum([_counts[part], other._counts[part]]);

        return both;
    }

    /// <summary>A quantile of all in seconds; 0 where nothing was counted.</summary>
    public double Quantile(double share) => Quantile(Sum(_counts), share);

    /// <summary>A quantile of each part in seconds; 0 where nothing was uploaded.</summary>
    public double[] Quantiles(double share) => [.. _counts.Select(c => Quantile(c, share))];

    private static int[] Sum(int[][] counts)
    {
        int[] sum = new int[counts.Max(c => c.Length)];
        foreach (int[] part in counts)
            TensorPrimitives.Add(sum.AsSpan(0, part.Length), part, sum);

        return sum;
    }

    private static double Quantile(int[] counts, double share)
    {
        long rank = (long)Math.Ceiling(share * counts.Sum(c => (long)c));
        if (rank == 0)
            return 0;

        int step = 0;
        for (long seen = counts[0]; seen < rank; seen += counts[step])
            step++;

        return (Bound(step) + Bound(step + 1)) / 2;
    }

    private static double Bound(int step) => BitConverter.Int64BitsToDouble((step + First) << Shift);
}
