using TinySaver.Core.Escalations;
using TinySaver.Core.Failures;
using TinySaver.Core.Labels;
using TinySaver.Pipeline.Escalations;
using TinySaver.Pipeline.Images;
using TinySaver.Pipeline.Labels;

namespace TinySaver.Pipeline.Tests.Stages;

/// <summary>
/// A random life of a container: uploads, overwrites and deletes, every event delivered one to three times in any order and by
/// several workers at once, with crashes injected; then calm, until all is worked off.
/// </summary>
internal sealed class DeliveryScenario(
    StageSet stages,
    IImageStore images,
    ILabelStore labels,
    IEscalations queue,
    Func<string, Task> deleteAsync,
    Func<Task> passTimeAsync,
    Faults faults,
    Random random)
{
    private const int Workers = 4;
    private const int Receivers = 2;
    private const double CrashShare = 0.15;

    private readonly List<ImageReference> _events = [];
    private readonly Dictionary<string, (ImageVersion Version, string Kind)?> _truth = [];
    private int _undelivered;
    private int _usefulInferences;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Answers of the large model that ended in a row.</summary>
    public int UsefulInferences => _usefulInferences;

    /// <summary>Answers that did not: nobody needed them any longer, or their write crashed.</summary>
    public int WastedInferences => stages.LargeInferences - UsefulInferences;

    public async Task RunAsync(int steps)
    {
        faults.CrashBefore = _ => Chance(CrashShare / 2);
        faults.CrashAfter = _ => Chance(CrashShare / 2);
        Task acting = ActAsync(steps);
        var delivering = Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => Task.Run(() => DeliverAsync(acting), Cancellation)));
        await Task.WhenAll([acting, delivering, .. Enumerable.Range(0, Receivers).Select(_ => Task.Run(() => ReceiveAsync(delivering), Cancellation))]);

        // The crashes end; what the dead had begun is taken up again.
        faults.CrashBefore = null;
        faults.CrashAfter = null;

        // Messages whose receiver died are in the backlog, but come only when their locks end.
        while (await queue.GetBacklogAsync(Cancellation) > 0)
        {
            await PumpAsync();
            await passTimeAsync();
        }
    }

    public async Task AssertTruthAsync()
    {
        List<LabelRow> rows = [];
        await foreach (StoredRow stored in labels.QueryAsync(LabelQuery.All, Cancellation))
            rows.Add(stored.Row);

        Assert.Equal(rows.Count, rows.Select(r => r.Name).Distinct().Count());
        Assert.DoesNotContain(rows, r => r.Status == LabelStatus.Escalated);
        foreach ((string name, (ImageVersion Version, string Kind)? truth) in _truth)
        {
            LabelRow? row = rows.SingleOrDefault(r => r.Name == name);
            if (truth is not { } present)
                continue;

            Assert.NotNull(row);
            Assert.Equal(present.Version, row.Version);
            Assert.Equal(
                present.Kind switch
                {
                    "sure" => (LabelStatus.Labelled, "green", Decider.Tiny, null),
                    "unsure" => (LabelStatus.Labelled, "red", Decider.Large, null),
                    _ => (LabelStatus.Failed, null, (Decider?)null, (FailureReason?)FailureReason.NotAnImage),
                },
                (row.Status, row.Label, row.DecidedBy, row.Reason));
        }
    }

    private async Task ActAsync(int steps)
    {
        for (int step = 0; step < steps; step++)
        {
            await ActAsync();
            await faults.PauseAsync();
        }
    }

    private async Task ActAsync()
    {
        string name = Chance(0.5) && _truth.Count > 0 ? Pick([.. _truth.Keys]) : $"batch{_truth.Count % 3}/{_truth.Count}.bmp";
        if (_truth.GetValueOrDefault(name) is not null && Chance(0.3))
        {
            await deleteAsync(name);
            _truth[name] = null;
            return;
        }

        (string kind, byte[] content) = Pick(
            [("sure", TestImages.Green), ("unsure", TestImages.Unsure), ("unsure", TestImages.Unsure), ("bad", TestImages.NotAnImage)]);
        ImageVersion version = await images.UploadAsync(name, new MemoryStream(content), [], Cancellation);
        _truth[name] = (version, kind);
        int deliveries = Pick([1, 2, 3]);
        for (int i = 0; i < deliveries; i++)
        {
            Interlocked.Increment(ref _undelivered);
            PutEvent(new ImageReference(name, version.ETag));
        }

        if (Chance(0.3))
            await passTimeAsync();
    }

    private async Task DeliverAsync(Task acting)
    {
        while (!acting.IsCompleted || Volatile.Read(ref _undelivered) > 0)
        {
            if (TakeEvent() is not { } image)
                await Task.Delay(1, Cancellation);
            else if (await TryLabelAsync(image))
                Interlocked.Decrement(ref _undelivered);
            else
                PutEvent(image);
        }
    }

    private async Task ReceiveAsync(Task delivering)
    {
        while (!delivering.IsCompleted)
        {
            await PumpAsync();
            await Task.Delay(1, Cancellation);
        }
    }

    private ImageReference? TakeEvent()
    {
        lock (random)
        {
            if (_events.Count == 0)
                return null;

            ImageReference image = _events[^1];
            _events.RemoveAt(_events.Count - 1);
            return image;
        }
    }

    private void PutEvent(ImageReference image)
    {
        lock (random)
            _events.Insert(random.Next(_events.Count + 1), image);
    }

    private async Task<bool> TryLabelAsync(ImageReference image)
    {
        try
        {
            await stages.Tiny.ProcessAsync(image, Cancellation);
            return true;
        }
        catch (CrashException)
        {
            return false;
        }
    }

    private async Task PumpAsync()
    {
        try
        {
            IReadOnlyList<IEscalationMessage> messages = await queue.ReceiveAsync(Pick([1, 4, 11]), Cancellation);
            Escalation[] escalations = [.. messages.Select(EscalationReceiver.Read)];

            // Some are handed over twice, as two receivers would.
            IReadOnlyList<EscalationResult>[] results = await Task.WhenAll(
                stages.Large.ProcessAsync(escalations, (index, result) => SettleAsync(messages[index], result), Cancellation),
                stages.Large.ProcessAsync([.. escalations.Where(_ => Chance(0.2))], null, Cancellation));

            // Two messages of one image in one call share one answer.
            int useful = results.Sum(
                call => call.Where(r => r.Outcome == EscalationOutcome.Labelled).Select(r => r.Row!.Name).Distinct().Count());
            Interlocked.Add(ref _usefulInferences, useful);
        }
        catch (CrashException)
        {
            // The receiver died; the locks of what it had not settled end by themselves.
        }
    }

    private static Task<bool> SettleAsync(IEscalationMessage message, EscalationResult result) => result.Outcome == EscalationOutcome.Retry
        ? message.SettleAsync(Settlement.Abandon(result.Error!.Message), Cancellation)
        : message.SettleAsync(Settlement.Complete, Cancellation);

    private T Pick<T>(T[] choices)
    {
        lock (random)
            return choices[random.Next(choices.Length)];
    }

    private bool Chance(double share)
    {
        lock (random)
            return random.NextDouble() < share;
    }
}
