using TinySaver.Core.Cascade;
using TinySaver.Core.Failures;
using TinySaver.Inference.Cascades;
using TinySaver.Pipeline.Cascades;

namespace TinySaver.Viewer.Policies;

/// <summary>A policy and the classes of its large model.</summary>
/// <param name="Policy">The policy.</param>
/// <param name="Labels">The texts of the classes; the index is the identity. Empty where the model is not at hand.</param>
internal sealed record KnownPolicy(CascadePolicy Policy, IReadOnlyList<string> Labels)
{
    private readonly Dictionary<string, int> _index = Labels.Index().DistinctBy(l => l.Item, StringComparer.OrdinalIgnoreCase)
        .ToDictionary(l => l.Item, l => l.Index, StringComparer.OrdinalIgnoreCase);

    /// <summary>The policy's id.</summary>
    public string Id { get; } = Policy.Id;

    /// <summary>The saver that decides whether an image goes to the large model; null where there is none.</summary>
    public SaverPolicy? LastSaver => Policy.Savers.Count > 0 ? Policy.Savers[^1] : null;

    /// <summary>Whether every model says what it costs.</summary>
    public bool KnowsMacs => Policy.Models.All(m => m.Macs is not null);

    /// <summary>How many savers were asked about an image whose row names this tiny model.</summary>
    public int SaversAsked(string? tinyModel)
    {
        for (int i = 0; i < Policy.Savers.Count; i++)
        {
            if (Policy.Savers[i].Model.ShortHash is { } hash && hash == tinyModel)
                return i + 1;
        }

        return tinyModel is null ? 0 : Policy.Savers.Count;
    }

    /// <summary>Multiply-accumulate operations of the first savers, and of the large model where it was asked.</summary>
    public long Macs(int savers, bool large) => Policy.Savers.Take(savers).Sum(s => s.Model.Macs ?? 0) + (large ? Policy.Large.Macs ?? 0 : 0);

    /// <summary>The class that a text names; null where it is none.</summary>
    public int? ClassOf(string? text) => text is not null && _index.TryGetValue(text, out int index) ? index : null;
}

/// <summary>Knows the account's policy, and looks for a change now and then.</summary>
internal sealed class PolicyBook(ICascadeFiles files, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _reading = new(1, 1);
    private KnownPolicy? _known;
    private string? _tag;
    private long _readAt;

    /// <summary>Why there is none; null where there is.</summary>
    public string? Problem { get; private set; }

    /// <summary>The policy; null where there is none that can be read.</summary>
    public async Task<KnownPolicy?> GetAsync(CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken);
        try
        {
            if (_readAt == 0 || time.GetElapsedTime(_readAt) > Interval)
                await ReadAsync(cancellationToken);

            return _known;
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _reading.Dispose();

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        _readAt = time.GetTimestamp();
        try
        {
            if (await files.ReadPolicyAsync(_tag, cancellationToken) is not { } read)
                return;

            _known = new(read.Policy, await LabelsAsync(read.Policy, cancellationToken));
            _tag = read.Tag;
            Problem = null;
        }
        catch (TinySaverException e)
        {
            Problem = e.Message;
        }
    }

    private async Task<IReadOnlyList<string>> LabelsAsync(CascadePolicy policy, CancellationToken cancellationToken)
    {
        try
        {
            (CascadePolicy local, string path) = await files.FetchModelsAsync(policy, savers: false, large: false, cancellationToken);
            using Cascade labels = CascadeLoader.Load(local, path, new() { Savers = false, Large = false });
            return labels.Labels;
        }
        catch (TinySaverException)
        {
            // Figures need the policy alone; reviews then offer the labels that rows have.
            return [];
        }
    }
}
