namespace TinySaver.Pipeline.Tests;

/// <summary>Crashes the code under test at chosen storage operations, before or after they took effect.</summary>
public sealed class Faults
{
    /// <summary>Never crashes.</summary>
    public static Faults None { get; } = new();

    /// <summary>Says of an operation, such as <c>labels.insert</c>, whether to crash before it takes effect.</summary>
    public Func<string, bool>? CrashBefore { get; set; }

    /// <summary>Says of an operation whether to crash after it took effect, so that its caller never learns of it.</summary>
    public Func<string, bool>? CrashAfter { get; set; }

    /// <summary>Says of an operation whether the service that does it is away; null where all are there.</summary>
    public Func<string, bool>? Outage { get; set; }

    /// <summary>Holds an operation of a twin up, as a network does; null for not at all.</summary>
    public Func<Task>? Pause { get; set; }

    /// <summary>How many crashes and operations without an answer there were.</summary>
    public int Crashes => _crashes;

    private int _crashes;

    public Task PauseAsync() => Pause?.Invoke() ?? Task.CompletedTask;

    /// <summary>An operation that only reads: it meets outages, and no crash is worth its while.</summary>
    public void Reach(string operation)
    {
        if (Outage?.Invoke(operation) == true)
        {
            Interlocked.Increment(ref _crashes);
            throw new Azure.RequestFailedException(0, $"Injected outage of {operation}.");
        }
    }

    public void Before(string operation)
    {
        Reach(operation);
        if (CrashBefore?.Invoke(operation) == true)
            Crash($"before {operation}");
    }

    public void After(string operation)
    {
        if (CrashAfter?.Invoke(operation) == true)
            Crash($"after {operation}");
    }

    private void Crash(string where)
    {
        Interlocked.Increment(ref _crashes);
        throw new CrashException($"Injected crash {where}.");
    }
}

/// <summary>Stands for the death of a process: nothing of the code under test handles it in particular.</summary>
public sealed class CrashException(string message) : Exception(message);
