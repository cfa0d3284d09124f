using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TinySaver.Inference.Cascades;
using TinySaver.Inference.Classification;

namespace TinySaver.Pipeline.Cascades;

/// <summary>The use of the process's cascade for one image or batch; dispose it once, when done.</summary>
/// <remarks>All users of one cascade share the lease: it is freed when it has been replaced and its last user is done.</remarks>
public sealed class CascadeLease : IDisposable
{
    // The host's own use is the first; it ends when the cascade is replaced.
    private int _users = 1;

    internal CascadeLease(Cascade cascade, string tag) => (Cascade, Tag) = (cascade, tag);

    /// <summary>The cascade.</summary>
    public Cascade Cascade { get; }

    internal string Tag { get; }

    /// <summary>Ends the use.</summary>
    public void Dispose()
    {
        if (Interlocked.Decrement(ref _users) == 0)
            Cascade.Dispose();
    }

    internal bool TryRent()
    {
        int users = Volatile.Read(ref _users);
        while (users > 0)
        {
            int seen = Interlocked.CompareExchange(ref _users, users + 1, users);
            if (seen == users)
                return true;
            users = seen;
        }

        return false;
    }
}

/// <summary>Holds the process's one loaded cascade: loaded once, warmed up, replaced when the policy changes.</summary>
public sealed class CascadeHost(
    ICascadeFiles files, IOptions<CascadeSourceOptions> options, TimeProvider time, ILogger<CascadeHost> logger) : IAsyncDisposable
{
    private readonly SemaphoreSlim _loading = new(1, 1);
    private readonly CancellationTokenSource _closing = new();
    private volatile CascadeLease? _current;
    private long _lookedAt;
    private Task _refresh = Task.CompletedTask;

    /// <summary>The cascade to use for one image or batch; dispose it afterwards. Loads it on the first call, once for all callers.</summary>
    /// <exception cref="Core.Failures.TinySaverException">The policy or a model cannot be used; the next call tries again.</exception>
    /// <exception cref="ObjectDisposedException">The host has ended.</exception>
    public async ValueTask<CascadeLease> RentAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            ObjectDisposedException.ThrowIf(_closing.IsCancellationRequested, this);
            if (_current is not { } current)
            {
                await LoadAsync(isFirst: true, cancellationToken).ConfigureAwait(false);
                continue;
            }

            RefreshIfDue();

            // False where a refresh has just replaced and closed it.
            if (current.TryRent())
                return current;
        }
    }

    /// <summary>Looks for a changed policy now, whatever the interval, and waits for it.</summary>
    /// <returns>Whether the policy was changed.</returns>
    public Task<bool> RefreshAsync(CancellationToken cancellationToken) => LoadAsync(isFirst: false, cancellationToken);

    /// <summary>Waits for a refresh under way and frees the models; nothing may be rented any longer.</summary>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        await _refresh.ConfigureAwait(false);
        _current?.Dispose();
        _closing.Dispose();
        _loading.Dispose();
    }

    // Of those who want the first, one loads it and the others wait.
    private async Task<bool> LoadAsync(bool isFirst, CancellationToken cancellationToken)
    {
        await _loading.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            CascadeLease? old = _current;
            if (isFirst && old is not null)
                return false;

            Interlocked.Exchange(ref _lookedAt, time.GetTimestamp());
            if (await LoadAsync(old?.Tag, cancellationToken).ConfigureAwait(false) is not { } loaded)
                return false;

            _current = loaded;
            old?.Dispose();
            return true;
        }
        finally
        {
            _loading.Release();
        }
    }

    private void RefreshIfDue()
    {
        long lookedAt = Interlocked.Read(ref _lookedAt);
        if (time.GetElapsedTime(lookedAt) < options.Value.RefreshInterval)
            return;

        // One caller goes and looks, in the background; the images go on with the cascade at hand.
        if (Interlocked.CompareExchange(ref _lookedAt, time.GetTimestamp(), lookedAt) == lookedAt && _refresh.IsCompleted)
            _refresh = Task.Run(RefreshOrLogAsync);
    }

    private async Task RefreshOrLogAsync()
    {
        try
        {
            await RefreshAsync(_closing.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_closing.IsCancellationRequested)
        {
            // The host ends.
        }
        catch (Exception e)
        {
            Log.CascadeRefreshFailed(logger, e, files.Source, _current?.Cascade.PolicyId ?? "none");
        }
    }

    private async Task<CascadeLease?> LoadAsync(string? knownTag, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        if (await files.ReadPolicyAsync(knownTag, cancellationToken).ConfigureAwait(false) is not { } read)
            return knownTag is null ? throw new InvalidOperationException($"{files.Source} gave no policy though none was known.") : null;

        CascadeSourceOptions settings = options.Value;
        (Core.Cascade.CascadePolicy policy, string path) =
            await files.FetchModelsAsync(read.Policy, settings.Savers, settings.Large, cancellationToken).ConfigureAwait(false);
        Cascade cascade = CascadeLoader.Load(policy, path, new CascadeOptions
        {
            Savers = settings.Savers,
            Large = settings.Large,
            LargeOptions = new OnnxClassifierOptions { ExecutionProvider = settings.LargeProvider, IntraOpThreads = settings.LargeThreads },
        });
        try
        {
            cascade.WarmUp();
        }
        catch
        {
            cascade.Dispose();
            throw;
        }

        Log.CascadeLoaded(
            logger, cascade.PolicyId, files.Source, settings.Savers ? string.Join(", ", cascade.Savers.Select(s => s.Name)) : "not loaded",
            settings.Large ? cascade.Large.Name : "not loaded", time.GetElapsedTime(start).TotalMilliseconds);
        return new CascadeLease(cascade, read.Tag);
    }
}
