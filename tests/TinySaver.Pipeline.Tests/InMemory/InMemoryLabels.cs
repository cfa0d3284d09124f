using System.Globalization;
using System.Runtime.CompilerServices;
using TinySaver.Core.Labels;
using TinySaver.Pipeline.Labels;

namespace TinySaver.Pipeline.Tests.InMemory;

/// <summary>The label store's twin.</summary>
public sealed class InMemoryLabels(TimeProvider time, Faults? faults = null) : ILabelStore
{
    private readonly Faults _faults = faults ?? Faults.None;
    private readonly SortedDictionary<(string Partition, string Row), StoredRow> _rows =
        new(Comparer<(string Partition, string Row)>.Create((a, b) =>
            string.CompareOrdinal(a.Partition, b.Partition) is not 0 and var byPartition ? byPartition : string.CompareOrdinal(a.Row, b.Row)));

    private readonly Lock _lock = new();
    private int _writes;

    /// <summary>How many rows there are.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _rows.Count;
        }
    }

    /// <summary>How many of them wait for nothing any longer.</summary>
    public int Final
    {
        get
        {
            lock (_lock)
                return _rows.Values.Count(r => r.Row.Status != LabelStatus.Escalated);
        }
    }

    public Task EnsureCreatedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<StoredRow?> GetAsync(string name, CancellationToken cancellationToken)
    {
        _faults.Reach("labels.get");
        lock (_lock)
            return Task.FromResult(_rows.GetValueOrDefault(Key(name)));
    }

    public Task<string?> TryInsertAsync(LabelRow row, CancellationToken cancellationToken) =>
        WriteAsync("labels.insert", row.Name, existing => existing is null, row);

    public Task<string?> TryReplaceAsync(LabelRow row, string rowTag, CancellationToken cancellationToken) =>
        WriteAsync("labels.replace", row.Name, existing => existing?.RowTag == rowTag, row);

    public async Task<bool> TryDeleteAsync(string name, string rowTag, CancellationToken cancellationToken) =>
        await WriteAsync("labels.delete", name, existing => existing?.RowTag == rowTag, null) is not null;

    public async IAsyncEnumerable<StoredRow> QueryAsync(LabelQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        StoredRow[] rows;
        _faults.Reach("labels.query");
        lock (_lock)
            rows = [.. _rows.Values];

        foreach (StoredRow row in rows)
        {
            if ((query.Status is null || query.Status == row.Row.Status) &&
                (query.Batch is null || query.Batch == (LabelKeys.Folder(row.Row.Name) ?? "")))
            {
                await Task.Yield();
                yield return row;
            }
        }
    }

    // The tag of what was written; null where the condition did not hold.
    private async Task<string?> WriteAsync(string operation, string name, Func<StoredRow?, bool> condition, LabelRow? row)
    {
        await _faults.PauseAsync();
        _faults.Before(operation);
        string tag;
        lock (_lock)
        {
            if (!condition(_rows.GetValueOrDefault(Key(name))))
                return null;

            tag = (++_writes).ToString(CultureInfo.InvariantCulture);
            if (row is null)
                _rows.Remove(Key(name));
            else
                _rows[Key(name)] = new StoredRow(row, tag, time.GetUtcNow());
        }

        _faults.After(operation);
        return tag;
    }

    private static (string Partition, string Row) Key(string name) => (LabelKeys.PartitionKey(name), LabelKeys.RowKey(name));
}
