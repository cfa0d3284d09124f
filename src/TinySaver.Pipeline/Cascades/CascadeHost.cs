using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TinySaver.Inference.Cascades;
using TinySaver.Inference.Classification;

namespace TinySaver.Pipeline.Cascades;

/// <summary>The use of the process's cascade for one image or batch; dispose it once, when done.</summary>
public readonly struct CascadeLease : IDisposable
{
    private readonly CascadeHost.Held _held;

    internal CascadeLease(CascadeHost.Held held) => _held = held;

    /// <summary>The cascade.</summary>
    public Cascade Cascade => _held.Cascade;

    /// <summary>Ends the use.</summary>
    public void Dispose() => _held.Return();
}

/// <summary>Holds the process's one loaded cascade: loaded once, warmed up, replaced when the policy changes.</summary>
public sealed class CascadeHost(
    ICascadeFiles files, IOptions<CascadeSourceOptions> options, TimeProvider time, ILogger<CascadeHost> logger) : IAsyncDisposable
{
    private readonly SemaphoreSlim _loading = new(1, 1);
    private readonly CancellationTokenSource _closing = new();
    private volatile Held? _current;
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
            Held current = _current ?? await LoadFirstAsync(cancellationToken).ConfigureAwait(false);
            RefreshIfDue();

            // False where a refresh has just replaced and closed it.
            if (current.TryRent())
                return new CascadeLease(current);
        }
    }

    /// <summary>Looks for a changed policy now, whatever the interval, and waits for it.</summary>
    /// <returns>Whether the policy was changed.</returns>
    public async Task<bool> RefreshAsync(CancellationToken cancellationToken)
    {
        await _loading.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            Interlocked.Exchange(ref _lookedAt, time.GetTimestamp());
            if (await LoadAsync(_current?.Tag, cancellationToken).ConfigureAwait(false) is not { } loaded)
                return false;

            Held? old = _current;
            _current = loaded;
            old?.Return();
            return true;
        }
        finally
        {
            _loading.Release();
        }
    }

    /// <summary>Waits for a refresh under way and frees the models; nothing may be rented any longer.</summary>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        await _refresh.ConfigureAwait(false);
        _current?.Return();
        _closing.Dispose();
        _loading.Dispose();
    }

    private async Task<Held> LoadFirstAsync(CancellationToken cancellationToken)
    {
        await _loading.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_current is not { } current)
            {
                current = await LoadAsync(knownTag: null, cancellationToken).ConfigureAwait(false)
                    ?? throw new InvalidOperationException($"{files.Source} gave no policy though none was known.");
                Interlocked.Exchange(ref _lookedAt, time.GetTimestamp());
                _current = current;
            }

            return current;
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

    private async Task<Held?> LoadAsync(string? knownTag, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        if (await files.ReadPolicyAsync(knownTag, cancellationToken).ConfigureAwait(false) is not { } read)
            return null;

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
        return new Held(cascade, read.Tag);
    }

    /// <summary>A cascade that is freed when it has been replaced and its last user is done.</summary>
    internal sealed class Held(Cascade cascade, string tag)
    {
        // The host's own use is the first; it ends when the cascade is replaced.
        private int _users = 1;

        public Cascade Cascade { get; } = cascade;

        public string Tag { get; } = tag;

        public bool TryRent()
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

        public void Return()
        {
            if (Interlocked.Decrement(ref _users) == 0)
                Cascade.Dispose();
        }
    }
}
