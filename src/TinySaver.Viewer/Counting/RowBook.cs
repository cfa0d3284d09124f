using TinySaver.Core.Jobs;
using TinySaver.Core.Labels;
using TinySaver.Pipeline.Images;
using TinySaver.Pipeline.Labels;
using TinySaver.Pipeline.Reviews;
using TinySaver.Pipeline.Status;
using TinySaver.Viewer.Policies;
using TinySaver.Viewer.Safety;

namespace TinySaver.Viewer.Counting;

/// <summary>Keeps the facts of all rows while somebody looks: read once, then what has changed, then all again where that costs little beside what it tells.</summary>
/// <remarks>A table can neither count nor tell of changes; its time stamps say what was written since, and only a whole reading what is gone.</remarks>
internal sealed class RowBook(ViewerSources sources, PolicyBook policies, TimeProvider time)
{
    // A reading that took a second is repeated after ten at the earliest: the page must not wear out what it watches.
    private const int RestPerWork = 10;

    private const int MaxJobs = 8;

    private static readonly TimeSpan Round = TimeSpan.FromMilliseconds(700);

    // Clocks of storage servers differ a little.
    private static readonly TimeSpan Overlap = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan RateWindow = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly Rested _all = new(time);
    private readonly Rested _listing = new(time);
    private readonly Rested _rest = new(time);
    private Dictionary<UInt128, RowFacts> _rows = [];
    private Texts _texts = new();
    private List<(UInt128 Version, string Name, DateTimeOffset Since)> _images = [];
    private Dictionary<string, Review> _reviews = new(StringComparer.Ordinal);
    private IReadOnlyList<JobCard> _jobs = [];
    private (long? Depth, long? DeadLetters) _queues;
    private GuaranteeStatus? _guarantee;
    private DateTimeOffset _lastWrite;
    private int _watchers;
    private TaskCompletionSource _changed = New();
    private TaskCompletionSource _watched = New();

    /// <summary>The latest figures; null before the first.</summary>
    public Overview? Latest { get; private set; }

    /// <summary>Completes when there are newer figures.</summary>
    public Task Changed => Volatile.Read(ref _changed).Task;

    /// <summary>Has the figures kept until the returned object is disposed.</summary>
    public IDisposable Watch()
    {
        if (Interlocked.Increment(ref _watchers) == 1)
            Volatile.Read(ref _watched).TrySetResult();

        return new Watcher(this);
    }

    /// <summary>Looks at all rows at once, with the texts that they point to, and the reviews by name key.</summary>
    public T Look<T>(Func<IReadOnlyCollection<KeyValuePair<UInt128, RowFacts>>, Texts, IReadOnlyDictionary<UInt128, Review>, T> look)
    {
        lock (_gate)
            return look(_rows, _texts, _reviews.ToDictionary(r => KeyOf(r.Key), r => r.Value));
    }

    /// <summary>Reads on while somebody watches, until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                Volatile.Write(ref _watched, New());
                while (Volatile.Read(ref _watchers) == 0)
                    await _watched.Task.WaitAsync(cancellationToken);

                long start = time.GetTimestamp();
                await ReadOrTellAsync(cancellationToken);
                TimeSpan worked = time.GetElapsedTime(start);
                await Task.Delay(worked > Round ? worked : Round, time, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The page is closed.
        }
    }

    private async Task ReadOrTellAsync(CancellationToken cancellationToken)
    {
        try
        {
            await ReadAsync(cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            // The next round tries again; until then the last figures stand, with what is wrong beside them.
            Publish((Latest ?? Empty()) with { Problem = Failures.Sentence(e) });
        }
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        // Images before rows: what is labelled in between then counts as labelled, not as waiting.
        await _listing.DoAsync(RestPerWork / 2, async () =>
        {
            var images = new List<(UInt128, string, DateTimeOffset)>(_images.Count);
            await foreach (ListedImage image in sources.Images.ListAsync(null, cancellationToken))
                images.Add((image.Version.KeyOf(image.Name), image.Name, image.Version.LastModified));

            _images = images;
        });
        if (!await _all.DoAsync(2 * RestPerWork, () => ReadRowsAsync(new(), [], new(), cancellationToken)))
            await ReadRowsAsync(new() { Since = _lastWrite - Overlap }, _rows, _texts, cancellationToken);

        await _rest.DoAsync(RestPerWork, async () =>
        {
            var reviews = new Dictionary<string, Review>(StringComparer.Ordinal);
            await foreach (StoredReview stored in sources.Reviews.ListAsync(null, cancellationToken))
                reviews[stored.Review.Name] = stored.Review;

            _queues = await StatusReader.QueuesAsync(sources.Escalations, cancellationToken);
            _guarantee = await GuaranteeStatus.ReadAsync(sources.Watches, cancellationToken);
            _jobs = await JobsAsync(cancellationToken);
            lock (_gate)
                _reviews = reviews;
        });
        Publish(Count(await policies.GetAsync(cancellationToken)));
    }

    private async Task ReadRowsAsync(LabelFilter filter, Dictionary<UInt128, RowFacts> rows, Texts texts, CancellationToken cancellationToken)
    {
        long read = 0;
        await foreach (StoredRow stored in sources.Labels.ListAsync(filter, cancellationToken))
        {
            lock (_gate)
                rows[KeyOf(stored.Row.Name)] = RowFacts.Of(stored, texts);

            _lastWrite = stored.WrittenAt > _lastWrite ? stored.WrittenAt : _lastWrite;
            if (++read % 5000 == 0 && Latest is null or { Reading: not null })
                Publish(Empty() with { Reading = read });
        }

        lock (_gate)
            (_rows, _texts) = (rows, texts);
    }

    private async Task<IReadOnlyList<JobCard>> JobsAsync(CancellationToken cancellationToken)
    {
        var rows = new List<JobRow>();
        await foreach (JobRow row in sources.Jobs.ListAsync(cancellationToken))
            rows.Add(row);

        var cards = new List<JobCard>();
        foreach (JobRow row in rows.OrderBy(r => r.FinishedAt is not null).ThenByDescending(r => r.SubmittedAt).Take(MaxJobs))
        {
            if (await sources.Jobs.GetAsync(row.Id, cancellationToken) is { } job)
                cards.Add(JobCard.Of(job));
        }

        return cards;
    }

    private Overview Count(KnownPolicy? policy)
    {
        var counter = new StatusCounter();
        (JobPrices? prices, bool estimated) = Prices();
        var savings = new Savings(policy, prices);
        DateTimeOffset now = time.GetUtcNow();
        long recent = 0;
        long other = 0;
        int mine = _texts.Find(policy?.Id);
        foreach (RowFacts row in _rows.Values)
        {
            counter.Row(row.Status);
            savings.Add(row, _texts[row.TinyModel]);
            recent += row.Status.WrittenAt > now - RateWindow ? 1 : 0;
            other += row.Policy >= 0 && row.Policy != mine ? 1 : 0;
        }

        foreach ((UInt128 version, string name, DateTimeOffset since) in _images)
            counter.Image(version, name, since);

        return new(
            counter.Report(sources.Account, _queues.Depth, _queues.DeadLetters, now) with { Guarantee = _guarantee }, recent / RateWindow.TotalSeconds, savings.ExitRate, savings.ComputeSaved, savings.Macs,
            savings.LargeMacs, savings.UsdSaved, estimated, policy is null ? 0 : other, _reviews.Count, _jobs);
    }

    /// <summary>What images cost: by the settings, or else by an estimate from the stages' median times.</summary>
    public (JobPrices? Prices, bool Estimated) Prices()
    {
        if (sources.Pipeline.Prices is { } known)
            return (known, false);

        lock (_gate)
        {
            float tiny = Median(Decider.Tiny);
            float large = Median(Decider.Large);
            return float.IsNaN(tiny) || float.IsNaN(large) ? (null, true) : (sources.Estimate?.Invoke(tiny, large), true);
        }

        float Median(Decider model)
        {
            float[] times = [.. _rows.Values.Where(r => r.Status.DecidedBy == model && !r.Status.Shadowed && r.Milliseconds > 0).Select(r => r.Milliseconds).Take(1000).Order()];
            return times.Length == 0 ? float.NaN : times[times.Length / 2];
        }
    }

    private Overview Empty() => new(new StatusCounter().Report(sources.Account, null, null, time.GetUtcNow()), 0, null, null, null, null, null, false, 0, 0, []);

    private void Publish(Overview overview)
    {
        Latest = overview;
        Interlocked.Exchange(ref _changed, New()).SetResult();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static UInt128 KeyOf(string name) => new ImageVersion(default, "").KeyOf(name);

    private sealed class Watcher(RowBook book) : IDisposable
    {
        private int _disposed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _disposed, 1) == 0)
                Interlocked.Decrement(ref book._watchers);
        }
    }
}

/// <summary>Work that is repeated only after a rest in proportion to what it took.</summary>
internal sealed class Rested(TimeProvider time)
{
    private TimeSpan _took;
    private long _endedAt;

    /// <summary>Does the work if the rest is over.</summary>
    /// <returns>Whether it was.</returns>
    public async Task<bool> DoAsync(int restPerWork, Func<Task> work)
    {
        if (_endedAt != 0 && time.GetElapsedTime(_endedAt) < _took * restPerWork)
            return false;

        long start = time.GetTimestamp();
        await work();
        _endedAt = time.GetTimestamp();
        _took = time.GetElapsedTime(start, _endedAt);
        return true;
    }
}
