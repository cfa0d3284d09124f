using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using TinySaver.Pipeline.Outages;

namespace TinySaver.Pipeline.Tests.Outages;

/// <summary>A clock that the test moves, and what waits by it.</summary>
internal static class FakeTime
{
    /// <summary>A patience by the given clock, with the same waits each time.</summary>
    public static Patience Patience(TimeProvider time, TimeSpan? longest = null) =>
        new(longest ?? TinySaver.Pipeline.Outages.Patience.OfOneCall, time, new LockedRandom(1), NullLogger<Patience>.Instance);

    /// <summary>Moves the clock on in steps until the task is done.</summary>
    /// <returns>How far the clock went.</returns>
    public static async Task<TimeSpan> PassUntilAsync(this FakeTimeProvider time, Task task, TimeSpan step)
    {
        DateTimeOffset start = time.GetUtcNow();
        while (!task.IsCompleted)
        {
            time.Advance(step);

            // What the clock has woken goes on, on whatever thread.
            await Task.Yield();
        }

        await task;
        return time.GetUtcNow() - start;
    }
}

/// <summary>A seeded source of chance that threads may share.</summary>
internal sealed class LockedRandom(int seed) : Random
{
    private readonly Random _random = new(seed);

    public override int Next(int maxValue)
    {
        lock (_random)
        {
            return _random.Next(maxValue);
        }
    }

    public override double NextDouble()
    {
        lock (_random)
        {
            return _random.NextDouble();
        }
    }

    public override long NextInt64()
    {
        lock (_random)
        {
            return _random.NextInt64();
        }
    }
}
