using System.Diagnostics;

namespace TinySaver.Cli.Classify;

/// <summary>Where the time went, summed over all threads, in <see cref="Stopwatch"/> ticks.</summary>
internal sealed class ClassifyTimes
{
    /// <summary>Reading and decoding.</summary>
    public long Decode;

    /// <summary>Preprocessing and inference of the savers.</summary>
    public long Tiny;

    /// <summary>Preprocessing and inference of the large model.</summary>
    public long Large;

    /// <summary>Adds another thread's times.</summary>
    public void Add(ClassifyTimes other)
    {
        Interlocked.Add(ref Decode, other.Decode);
        Interlocked.Add(ref Tiny, other.Tiny);
        Interlocked.Add(ref Large, other.Large);
    }

    /// <summary>Ticks as seconds.</summary>
    public static double Seconds(long ticks) => ticks / (double)Stopwatch.Frequency;
}
