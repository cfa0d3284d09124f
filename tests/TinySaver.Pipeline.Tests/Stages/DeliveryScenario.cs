using TinySaver.Core.Escalations;
using TinySaver.Core.Labels;
using TinySaver.Pipeline.Escalations;
using TinySaver.Pipeline.Images;
using TinySaver.Pipeline.Labels;
using TinySaver.Pipeline.Stages;
using TinySaver.Pipeline.Tests.InMemory;

namespace TinySaver.Pipeline.Tests.Stages;

/// <summary>
/// A random life of a container: uploads, overwrites and deletes, every event delivered one to three times in any order and by
/// several workers at once, with crashes injected; then calm, until all is worked off.
/// </summary>
internal sealed class DeliveryScenario(
    StageSet stages,
    IImageStore images,
    ILabelStore labels,
    IEscalationReceiver queue,
    Func<string, Task> deleteAsync,
    Func<Task> passTimeAsync,
    Faults faults,
    Random random)
{
    private const int WorkersAtOnce = 6;
    private const double CrashShare = 0.15;

    private readonly List<ImageReference> _events = [];
    private readonly Dictionary<string, (ImageVersion Version, string Kind)?> _truth = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Answers of the large model that ended in a row.</summary>
    public int UsefulInferences { get; private set; }

    /// <summary>Answers that did not: nobody needed them any longer, or their write crashed.</summary>
    public int WastedInferences => stages.LargeInferences - UsefulInferences;

    public async Task RunAsync(int steps)
    {
        faults.CrashBefore = _ => Chance(CrashShare / 2);
        faults.CrashAfter = _ => Chance(CrashShare / 2);
        for (int step = 0; step < steps; step++)
        {
            await ActAsync();
            if (Chance(0.5))
            {
                await Task.WhenAll(DeliverAsync(WorkersAtOnce), PumpAsync());
            }
        }

        // The crashes end; the triggers' retries go on.
        faults.CrashBefore = null;
        faults.CrashAfter = null;
        while (_events.Count > 0)
        {
            await Task.WhenAll(DeliverAsync(WorkersAtOnce), PumpAsync());
        }

        int quiet = 0;
        while (quiet < 2)
        {
            quiet = await PumpAsync() == 0 ? quiet + 1 : 0;
            await passTimeAsync();
        }
    }

    public async Task AssertTruthAsync()
    {
        List<LabelRow> rows = [];
        await foreach (StoredRow stored in labels.QueryAsync(LabelQuery.All, Cancellation))
        {
            rows.Add(stored.Row);
        }

        Assert.Equal(rows.Count, rows.Select(r => r.Name).Distinct().Count());
        Assert.DoesNotContain(rows, r => r.Status == LabelStatus.Escalated);
        foreach ((string name, (ImageVersion Version, string Kind)? truth) in _truth)
        {
            LabelRow? row = rows.SingleOrDefault(r => r.Name == name);
            if (truth is not { } present)
            {
                continue;
            }

            Assert.NotNull(row);
            Assert.Equal(present.Version, row.Version);
            Assert.Equal(
                present.Kind switch
                {
                    "sure" => (LabelStatus.Labelled, "green", Decider.Tiny, null),
                    "unsure" => (LabelStatus.Labelled, "red", Decider.Large, null),
                    _ => (LabelStatus.Failed, null, (Decider?)null, "not-an-image"),
                },
                (row.Status, row.Label, row.DecidedBy, row.Reason));
        }
    }

    private async Task ActAsync()
    {
        string name = Chance(0.4) && _truth.Count > 0 ? Pick([.. _truth.Keys]) : $"batch{random.Next(3)}/{_truth.Count}.bmp";
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
        int deliveries = random.Next(1, 4);
        for (int i = 0; i < deliveries; i++)
        {
            _events.Insert(random.Next(_events.Count + 1), new ImageReference(name, version.ETag));
        }

        if (Chance(0.3))
        {
            await passTimeAsync();
        }
    }

    private async Task DeliverAsync(int most)
    {
        ImageReference[] batch = [.. _events.TakeLast(most)];
        _events.RemoveRange(_events.Count - batch.Length, batch.Length);
        bool[] done = await Task.WhenAll(batch.Select(image => Task.Run(() => TryLabelAsync(image))));
        foreach ((ImageReference image, _) in batch.Zip(done).Where(p => !p.Second))
        {
            _events.Insert(random.Next(_events.Count + 1), image);
        }
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

    private async Task<int> PumpAsync()
    {
        IReadOnlyList<ReceivedEscalation> messages = await queue.ReceiveAsync(random.Next(1, 12), Cancellation);
        if (messages.Count == 0)
        {
            return 0;
        }

        Escalation[] escalations = [.. messages.Select(m => m.Read())];
        try
        {
            // Some are handed over twice, as two receivers would.
            IReadOnlyList<EscalationResult>[] results = await Task.WhenAll(
                stages.Large.ProcessAsync(escalations, (index, result) => SettleAsync(messages[index], result), Cancellation),
                stages.Large.ProcessAsync([.. escalations.Where(_ => Chance(0.2))], null, Cancellation));
            foreach (EscalationResult result in results.SelectMany(r => r))
            {
                UsefulInferences += result.Outcome == EscalationOutcome.Labelled ? 1 : 0;
            }
        }
        catch (CrashException)
        {
            // The receiver died; the locks of what it had not settled end by themselves.
        }

        return messages.Count;
    }

    private Task<bool> SettleAsync(ReceivedEscalation message, EscalationResult result) => result.Outcome == EscalationOutcome.Retry
        ? queue.AbandonAsync(message, TimeSpan.Zero, result.Error!.Message, Cancellation)
        : queue.CompleteAsync(message, Cancellation);

    private T Pick<T>(T[] choices)
    {
        lock (random)
        {
            return choices[random.Next(choices.Length)];
        }
    }

    private bool Chance(double share)
    {
        lock (random)
        {
            return random.NextDouble() < share;
        }
    }
}
