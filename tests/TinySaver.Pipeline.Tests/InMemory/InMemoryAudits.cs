using System.Runtime.CompilerServices;
using TinySaver.Core.Audits;
using TinySaver.Pipeline.Audits;

namespace TinySaver.Pipeline.Tests.InMemory;

/// <summary>The audit store's twin.</summary>
public sealed class InMemoryAudits(Faults? faults = null) : IAuditStore
{
    private readonly Faults _faults = faults ?? Faults.None;
    private readonly SortedDictionary<(DateTimeOffset Second, UInt128 Version, string Policy), AuditRow> _rows = [];

    /// <summary>Whether there is no table.</summary>
    public bool IsMissing { get; set; }

    /// <summary>All audits, oldest first.</summary>
    public IReadOnlyList<AuditRow> Rows
    {
        get
        {
            lock (_rows)
                return [.. _rows.Values];
        }
    }

    public Task EnsureCreatedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task AddAsync(AuditRow row, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(row);
        if (IsMissing)
            throw new Azure.RequestFailedException(404, "There is no such table.", "TableNotFound", null);

        _faults.Before("audits.add");
        lock (_rows)
            _rows[(Second(row.At), row.Version.KeyOf(row.Name), row.Policy)] = row with { At = Second(row.At) };

        _faults.After("audits.add");
        return Task.CompletedTask;
    }

    public async IAsyncEnumerable<AuditRow> ReadAsync(
        string policy, DateTimeOffset since, DateTimeOffset until, bool evidence, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        _faults.Reach("audits.read");
        await Task.Yield();
        foreach (AuditRow row in Rows.Where(r => r.Policy == policy && r.At >= Second(since) && r.At < Second(until)))
            yield return evidence ? row : row with { Evidence = [] };
    }

    private static DateTimeOffset Second(DateTimeOffset at) => new(at.UtcTicks / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond, TimeSpan.Zero);
}

/// <summary>The watch store's twin.</summary>
public sealed class InMemoryWatches(Faults? faults = null) : IWatchStore
{
    private readonly Faults _faults = faults ?? Faults.None;
    private readonly Dictionary<string, StoredWatch> _watches = [];
    private int _writes;

    public async Task<StoredWatch?> GetAsync(string policy, CancellationToken cancellationToken)
    {
        await _faults.PauseAsync();
        _faults.Reach("watches.get");
        lock (_watches)
            return _watches.GetValueOrDefault(policy);
    }

    public IAsyncEnumerable<StoredWatch> ListAsync(CancellationToken cancellationToken)
    {
        lock (_watches)
            return _watches.Values.ToArray().ToAsyncEnumerable();
    }

    public Task<bool> TryWriteAsync(StoredWatch watch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(watch);
        lock (_watches)
        {
            if (_watches.GetValueOrDefault(watch.Policy)?.Tag != watch.Tag)
                return Task.FromResult(false);

            _watches[watch.Policy] = watch with { Tag = $"{++_writes}" };
            return Task.FromResult(true);
        }
    }
}
