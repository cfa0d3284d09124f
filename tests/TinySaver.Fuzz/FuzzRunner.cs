using System.Diagnostics;
using System.Globalization;

namespace TinySaver.Fuzz;

/// <summary>Runs the cases of one mode one after the other and says what came of them.</summary>
internal sealed class FuzzRunner(FuzzOptions options, FuzzTarget target)
{
    // Of processor time, which other work on the machine does not use up, and of the clock, for what waits without working.
    private const int HangSeconds = 60;
    private const int StuckSeconds = 1_800;

    private const int MaxFaultsShown = 20;
    private const int Reports = 20;

    private readonly SortedDictionary<string, long> _tally = new(StringComparer.Ordinal);
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private volatile bool _ended;
    private long _current;
    private long _startedAt;
    private long _faults;

    /// <summary>Runs all cases.</summary>
    /// <returns>The number of faults.</returns>
    public long Run()
    {
        new Thread(Watch) { IsBackground = true }.Start();
        long end = options.From + options.Count;
        for (long index = options.From; index < end; index++)
        {
            Volatile.Write(ref _current, index);
            Volatile.Write(ref _startedAt, Stopwatch.GetTimestamp());
            RunCase(index);
            if ((index - options.From + 1) * Reports / options.Count > (index - options.From) * Reports / options.Count)
                Report(index + 1 - options.From);
        }

        _ended = true;
        foreach ((string outcome, long count) in _tally)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count,12:N0}  {outcome}"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{options.Count:N0} cases of '{options.Mode}' with seed {options.Seed}, {_faults} faults."));
        return _faults;
    }

    private void RunCase(long index)
    {
        string outcome;
        try
        {
            outcome = target.Try(new Random(HashOf(options.Seed, index)));
        }
#pragma warning disable CA1031 // Whatever a case throws is what we are looking for.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            outcome = "FAULT: " + fault.GetType().Name;
            if (_faults++ < MaxFaultsShown)
                Console.WriteLine($"FAULT in case {index}: {fault}\n{Replay(index)}");
            if (options.Save is not null)
            {
                Directory.CreateDirectory(options.Save);
                File.WriteAllBytes(Path.Combine(options.Save, $"{options.Mode}-{options.Seed}-{index}{target.Extension}"), target.Input);
            }
        }

        _tally[outcome] = _tally.GetValueOrDefault(outcome) + 1;
    }

    private void Report(long done)
    {
        using var process = Process.GetCurrentProcess();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{done,12:N0} cases, {_faults} faults, {_clock.Elapsed.TotalSeconds,7:F1} s, resident {process.WorkingSet64 >> 20} MB, managed {GC.GetTotalMemory(false) >> 20} MB"));
    }

    private void Watch()
    {
        using var process = Process.GetCurrentProcess();
        (long seen, TimeSpan spentBefore) = (-1L, TimeSpan.Zero);
        while (!_ended)
        {
            Thread.Sleep(1_000);
            process.Refresh();
            (long current, long started) = (Volatile.Read(ref _current), Volatile.Read(ref _startedAt));
            if (current != seen)
                (seen, spentBefore) = (current, process.TotalProcessorTime);
            if (started != 0 && ((process.TotalProcessorTime - spentBefore).TotalSeconds > HangSeconds || Stopwatch.GetElapsedTime(started).TotalSeconds > StuckSeconds))
            {
                Console.WriteLine($"HANG: case {current} does not end.\n{Replay(current)}");
                Environment.Exit(3);
            }
        }
    }

    private string Replay(long index) => $"  again: dotnet run -c Release --project tests/TinySaver.Fuzz -- {options.Mode} --seed {options.Seed} --from {index} --count 1";

    // SplitMix64: neighbouring cases get unrelated random numbers.
    private static int HashOf(int seed, long index)
    {
        ulong z = unchecked(((ulong)seed << 40) + ((ulong)index * 0x9E3779B97F4A7C15) + 0x9E3779B97F4A7C15);
        z = unchecked((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9);
        z = unchecked((z ^ (z >> 27)) * 0x94D049BB133111EB);
        return (int)(z ^ (z >> 31));
    }
}
