namespace TinySaver.Calibration.Planning;

/// <summary>Counts latencies, so finely that a quantile is right to 1 %, for each part of the time of upload.</summary>
/// <param name="seconds">The time.</param>
/// <param name="parts">Its parts.</param>
public sealed class LatencyCurve(double seconds, int parts)
{
    // 64 steps for each doubling, from a millisecond (2^-10 s) on.
    private const int Shift = 52 - 6;
    private const long First = (1023L - 10) << 6;

    private readonly List<int>[] _counts = [.. Enumerable.Range(0, parts).Select(_ => new List<int>())];
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
        List<int> counts = _counts[Math.Min(parts - 1, (int)(uploaded / seconds * parts))];
        int step = (int)Math.Max(0, (BitConverter.DoubleToInt64Bits(latency) >> Shift) - First);
        while (counts.Count <= step)
            counts.Add(0);

        counts[step]++;
    }

    /// <summary>Counts what another one has counted.</summary>
    public void Add(LatencyCurve other)
    {
        Count += other.Count;
        _sum += other._sum;
        for (int part = 0; part < parts; part++)
            Add(_counts[part], other._counts[part]);
    }

    /// <summary>A quantile of all in seconds.</summary>
    public double Quantile(double share)
    {
        List<int> all = [];
        foreach (List<int> counts in _counts)
            Add(all, counts);

        return Quantile(all, share);
    }

    /// <summary>A quantile of each part in seconds; 0 where nothing was uploaded.</summary>
    public double[] Quantiles(double share) => [.. _counts.Select(c => Quantile(c, share))];

    private static void Add(List<int> to, List<int> counts)
    {
        while (to.Count < counts.Count)
            to.Add(0);

        for (int i = 0; i < counts.Count; i++)
            to[i] += counts[i];
    }

    private static double Quantile(List<int> counts, double share)
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
