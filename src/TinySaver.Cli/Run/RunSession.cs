using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using TinySaver.Cli.Accounts;
using TinySaver.Cli.Classify;
using TinySaver.Cli.Output;
using TinySaver.Cli.Tables;
using TinySaver.Cli.Upload;
using TinySaver.Core.Failures;
using TinySaver.Core.Labels;
using TinySaver.Inference.Cascades;
using TinySaver.Pipeline.Cascades;
using TinySaver.Pipeline.Hosting;
using TinySaver.Pipeline.Images;
using TinySaver.Pipeline.Labels;
using TinySaver.Pipeline.Outages;

namespace TinySaver.Cli.Run;

/// <summary>What a run is asked to do.</summary>
/// <param name="Items">The files to upload and label; none to label what the container holds.</param>
/// <param name="Watch">Whether to keep running.</param>
/// <param name="LabelsPath">Where the labels go.</param>
/// <param name="PlainCsv">Whether cells of CSV are written as they are, also those that a spreadsheet would take for formulas.</param>
/// <param name="Json">Whether to print one JSON object.</param>
internal sealed record RunSettings(IReadOnlyList<UploadItem> Items, bool Watch, string LabelsPath, bool PlainCsv, bool Json);

/// <summary>One run from the first upload to the summary.</summary>
internal sealed class RunSession(Terminal terminal, StorageAccount account, IServiceProvider services, StoragePatience patience, RunSettings settings)
{
    private const int ParallelUploads = 8;

    // The counters say when a look at the table is worth its price; where they stand still, somebody else may be at work.
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan StandstillLook = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan QueueDepthInterval = TimeSpan.FromSeconds(1);

    // After Ctrl-C: to read the rows there are.
    private static readonly TimeSpan LastLookTimeout = TimeSpan.FromSeconds(30);

    private readonly LabelAwaiter _awaiter = new(account.Labels, account.Images);
    private readonly Uploader _uploader = new(account.Images, ParallelUploads, patience);
    private readonly DateTimeOffset _began = DateTimeOffset.UtcNow;
    private IReadOnlyList<UploadItem> _items = settings.Items;

    /// <summary>Runs it.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        LocalPipeline pipeline = services.GetRequiredService<LocalPipeline>();
        await pipeline.PrepareAsync(cancellationToken);
        using CascadeLease lease = await services.GetRequiredService<CascadeHost>().RentAsync(cancellationToken);
        var rows = new RowOutcome(lease.Cascade);
        if (settings.Watch)
        {
            terminal.Say($"Labelling whatever is uploaded to container '{account.Options.ImagesContainer}'; Ctrl-C ends it. Storage: {account.Name}");
            if (account.IsOwn)
                terminal.Say($"Connection string: {account.Options.ConnectionString}");
        }

        var progress = new RunProgress(pipeline.Progress, _uploader, settings.Items.Count);
        var watch = Stopwatch.StartNew();
        try
        {
            await RunView.ShowAsync(terminal, progress, WorkAsync(pipeline, rows, progress, cancellationToken));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await LastLookAsync(token => _awaiter.LookAsync(probe: false, token));
        }

        return await FinishAsync(lease.Cascade, rows, watch.Elapsed.TotalSeconds, cancellationToken);
    }

    private async Task WorkAsync(LocalPipeline pipeline, RowOutcome rows, RunProgress progress, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);

        // Read before the pipeline runs: what it finds without a row, it will announce.
        Func<Task> upload = await PlanAsync(rows, progress, ending.Token);
        Task labelling = pipeline.RunAsync(ending.Token);
        Task depth = WatchDepthAsync(progress, ending.Token);
        Task waiting = WaitAsync(upload, progress, ending.Token);
        Task first = await Task.WhenAny(waiting, labelling, account.Ended);
        await ending.CancelAsync();
        await Task.WhenAll(waiting, labelling, depth).ContinueWith(_ => { }, TaskScheduler.Default);
        cancellationToken.ThrowIfCancellationRequested();
        if (first == account.Ended)
            throw StorageAccount.OwnEnded();

        // Throws what either of them threw.
        await first;
    }

    private async Task WaitAsync(Func<Task> upload, RunProgress progress, CancellationToken cancellationToken)
    {
        await upload();
        if (settings.Watch)
            await Task.Delay(Timeout.Infinite, cancellationToken);

        long next = progress.Already + _awaiter.Pending;
        long last = -1;
        long movedAt = Stopwatch.GetTimestamp();
        while (_awaiter.Pending > 0)
        {
            if (progress.Ended != last)
            {
                last = progress.Ended;
                movedAt = Stopwatch.GetTimestamp();
            }

            bool still = Stopwatch.GetElapsedTime(movedAt) > StandstillLook;
            if (last >= next || still)
            {
                await TryLookAsync(still, cancellationToken);
                next = progress.Ended + Math.Max(1, _awaiter.Pending);
                movedAt = Stopwatch.GetTimestamp();
            }

            await Task.Delay(LookInterval, cancellationToken);
        }
    }

    private async Task TryLookAsync(bool probe, CancellationToken cancellationToken)
    {
        try
        {
            await _awaiter.LookAsync(probe, cancellationToken);
        }
        catch (Exception error) when (StorageErrors.IsTransient(error) && !cancellationToken.IsCancellationRequested)
        {
            // The next look sees what this one did not.
        }
    }

    // What is there already, read at once; then the uploads, to be started beside the pipeline.
    private async Task<Func<Task>> PlanAsync(RowOutcome rows, RunProgress progress, CancellationToken cancellationToken)
    {
        if (settings.Items.Count == 0)
        {
            await AddContainerAsync(cancellationToken);
            return () => Task.CompletedTask;
        }

        IReadOnlyList<string> batches = UploadPlan.Batches(settings.Items);
        Dictionary<string, ListedImage> present = await Uploader.ListAsync(account.Images, batches, cancellationToken);
        var known = new Dictionary<string, LabelRow>(StringComparer.Ordinal);
        if (present.Count > 0)
        {
            foreach (string batch in batches)
            {
                await foreach (StoredRow stored in account.Labels.QueryAsync(new LabelQuery(batch), cancellationToken))
                    known[stored.Row.Name] = stored.Row;
            }
        }

        return () => _uploader.RunAsync(settings.Items, present, (outcome, token) => EnterAsync(outcome, known, rows, progress, token), cancellationToken);
    }

    private async Task EnterAsync(
        UploadOutcome outcome, Dictionary<string, LabelRow> known, RowOutcome rows, RunProgress progress, CancellationToken cancellationToken)
    {
        if (outcome.Version is not { } version)
            return;

        string name = outcome.Item.Name;
        if (outcome.Skipped && known.TryGetValue(name, out LabelRow? row) && row.Version == version)
        {
            if (!rows.Cascade.IsCurrent(row))
            {
                version = await patience.TryAsync($"Putting '{name}' back", token => account.Images.WriteAnewAsync(name, token), cancellationToken) ?? version;
            }
            else if (row.Status != LabelStatus.Escalated)
            {
                _awaiter.AddFinal(row);
                progress.CountAlready();
                return;
            }
        }

        _awaiter.Add(name, version);
    }

    private async Task AddContainerAsync(CancellationToken cancellationToken)
    {
        if (settings.Watch)
            return;

        var items = new List<UploadItem>();
        await foreach (ListedImage image in account.Images.ListAsync(null, cancellationToken))
        {
            items.Add(RunItems.Of(image.Name));
            _awaiter.Add(image.Name, image.Version);
        }

        _items = items;
        await _awaiter.LookAsync(probe: false, cancellationToken);
    }

    private async Task WatchDepthAsync(RunProgress progress, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                progress.QueueDepth = await account.Escalations.GetBacklogAsync(cancellationToken);
            }
            catch (Exception error) when (StorageErrors.IsTransient(error) && !cancellationToken.IsCancellationRequested)
            {
                // The last number stays.
            }

            await Task.Delay(QueueDepthInterval, cancellationToken);
        }
    }

    private async Task<int> FinishAsync(Cascade cascade, RowOutcome rows, double seconds, CancellationToken cancellationToken)
    {
        bool cancelled = cancellationToken.IsCancellationRequested;
        if (settings.Watch)
            await LastLookAsync(AddSessionAsync);

        IReadOnlyList<ImageOutcome> outcomes = RunItems.Outcomes(_items, _awaiter, _uploader, rows, cascade.Labels);
        await RowWriter.WriteAsync(settings.LabelsPath, outcomes, ImageOutcome.Columns, settings.PlainCsv);
        ClassifySummary summary = ClassifySummary.Of(cascade, outcomes, seconds, times: null, largeOnly: null, cancelled && !settings.Watch) with
        {
            Labels = settings.LabelsPath,
        };
        return SummaryView.Write(terminal, summary, outcomes, settings.Json, cancelled);
    }

    // What is written of a run that was stopped is all that the table holds, or nothing.
    private static async Task LastLookAsync(Func<CancellationToken, Task> look)
    {
        using var timeout = new CancellationTokenSource(LastLookTimeout);
        try
        {
            await look(timeout.Token);
        }
        catch (Exception error) when (Outage.Is(error))
        {
            throw new TinySaverException(
                $"Stopped, but the rows cannot be read, so no labels are written: {StorageErrors.Explain(error) ?? error.Message} `tinysaver results` shows them later.", error);
        }
    }

    // What was labelled since the run began, whoever uploaded it.
    private async Task AddSessionAsync(CancellationToken cancellationToken)
    {
        var items = new List<UploadItem>(settings.Items);
        var given = items.Select(i => i.Name).ToHashSet(StringComparer.Ordinal);
        await foreach (StoredRow stored in account.Labels.QueryAsync(LabelQuery.All, cancellationToken))
        {
            if (stored.Row.Status != LabelStatus.Escalated && stored.WrittenAt >= _began && given.Add(stored.Row.Name))
            {
                _awaiter.AddFinal(stored.Row);
                items.Add(RunItems.Of(stored.Row.Name));
            }
        }

        _items = items;
    }
}
