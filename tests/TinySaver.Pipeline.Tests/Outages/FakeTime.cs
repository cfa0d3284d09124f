using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using TinySaver.Pipeline.Outages;

namespace TinySaver.Pipeline.Tests.Outages;

/// <summary>A clock that the test moves, and what waits by it.</summary>
internal static class FakeTime
{
    // Longer than whatever a test waits for, so that what never ends fails.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(2);

    /// <summary>A patience by the given clock, with the same waits each time.</summary>
    public static Patience Patience(TimeProvider time, TimeSpan? longest = null) =>
        new(longest ?? TinySaver.Pipeline.Outages.Patience.OfOneCall, time, new LockedRandom(1), NullLogger<Patience>.Instance);

    /// <summary>Moves the clock on in steps until the task is done. All that the clock wakes runs within this call, so nothing comes late.</summary>
    /// <returns>How far the clock went.</returns>
    public static TimeSpan PassUntil(this FakeTimeProvider time, Task task, TimeSpan step) => time.Pass(TimeSpan.MaxValue, step, () => task.IsCompleted);

    /// <summary>Moves the clock on in steps, as <see cref="PassUntil"/> does.</summary>
    public static void Pass(this FakeTimeProvider time, TimeSpan span, TimeSpan step) => time.Pass(span, step, () => false);

    /// <summary>Moves the clock on in steps until it is done, where threads work beside the clock, which may run ahead of them as it likes.</summary>
    /// <remarks>The test's <c>Timeout</c> cancels it where it is never done.</remarks>
    public static async Task PassUntilAsync(this FakeTimeProvider time, Func<bool> done, TimeSpan step, CancellationToken cancellationToken)
    {
        while (!done())
        {
            cancellationToken.ThrowIfCancellationRequested();
            time.Advance(step);
            await Task.Yield();
        }
    }

    private static TimeSpan Pass(this FakeTimeProvider time, TimeSpan span, TimeSpan step, Func<bool> ends)
    {
        // What awaits without a context goes on where it is woken, unless there is one: then on the thread pool, at whose pace.
        SynchronizationContext? context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            TimeSpan passed = TimeSpan.Zero;
            for (; passed < span && !ends(); passed += step)
            {
                Assert.True(passed < Longest, $"Not done after {Longest.TotalDays} days.");
                time.Advance(step);
            }

            return passed;
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }
}

/// <summary>A seeded source of chance that threads may share.</summary>
internal sealed class LockedRandom(int seed) : Random
{
    private readonly Random _random = new(seed);

    public override int Next(int maxValue)
    {
        lock (_random)
            return _random.Next(maxValue);
    }

    public override double NextDouble()
    {
        lock (_random)
            return _random.NextDouble();
    }

    public override long NextInt64()
    {
        lock (_random)
            return _random.NextInt64();
    }
}
