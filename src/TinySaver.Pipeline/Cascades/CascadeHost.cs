using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TinySaver.Inference.Cascades;
using TinySaver.Inference.Classification;

namespace TinySaver.Pipeline.Cascades;

/// <summary>Holds the process's one loaded cascade: loaded once, warmed up, replaced when the policy changes.</summary>
public sealed class CascadeHost(
    ICascadeFiles files, IOptions<CascadeSourceOptions> options, TimeProvider time, ILogger<CascadeHost> logger) : IAsyncDisposable
{
    private readonly SemaphoreSlim _loading = new(1, 1);
    private readonly CancellationTokenSource _closing = new();
    private volatile SharedCascade? _current;
    private long _lookedAt;
    private Task _refresh = Task.CompletedTask;

    /// <summary>The cascade to use for one image or batch; dispose it afterwards. Loads it on the first call, once for all callers.</summary>
    /// <exception cref="Core.Failures.TinySaverException">The policy or a model cannot be used; the next call tries again.</exception>
    public async ValueTask<CascadeLease> RentAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            SharedCascade current = _current ?? await LoadFirstAsync(cancellationToken).ConfigureAwait(false);
            RefreshIfDue();

            // False where a refresh has just replaced and closed it.
            if (current.TryRent())
            {
                return new CascadeLease(current);
            }
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
            {
                return false;
            }

            SharedCascade? old = _current;
            _current = loaded;
            old?.Close();
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
        _current?.Close();
        _closing.Dispose();
        _loading.Dispose();
    }

    private async Task<SharedCascade> LoadFirstAsync(CancellationToken cancellationToken)
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
        {
            return;
        }

        // One caller goes and looks, in the background; the images go on with the cascade at hand.
        if (Interlocked.CompareExchange(ref _lookedAt, time.GetTimestamp(), lookedAt) == lookedAt && _refresh.IsCompleted)
        {
            _refresh = Task.Run(RefreshOrLogAsync);
        }
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

    private async Task<SharedCascade?> LoadAsync(string? knownTag, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        if (await files.ReadPolicyAsync(knownTag, cancellationToken).ConfigureAwait(false) is not { } read)
        {
            return null;
        }

        CascadeSourceOptions settings = options.Value;
        (Core.Cascade.CascadePolicy policy, string path) =
            await files.FetchModelsAsync(read.Policy, settings.Savers, settings.Large, cancellationToken).ConfigureAwait(false);
        var cascade = CascadeLoader.Load(policy, path, new CascadeOptions
        {
            Savers = settings.Savers,
            Large = settings.Large,
            LargeOptions = new OnnxClassifierOptions { ExecutionProvider = settings.LargeProvider, IntraOpThreads = settings.LargeThreads },
        });
        try
        {
            WarmUp.Run(cascade, settings);
        }
        catch
        {
            cascade.Dispose();
            throw;
        }

        Log.CascadeLoaded(
            logger, cascade.PolicyId, files.Source, settings.Savers ? string.Join(", ", cascade.Savers.Savers.Select(s => s.Name)) : "not loaded",
            settings.Large ? cascade.Large.Name : "not loaded", time.GetElapsedTime(start).TotalMilliseconds);
        return new SharedCascade(cascade, read.Tag);
    }
}
