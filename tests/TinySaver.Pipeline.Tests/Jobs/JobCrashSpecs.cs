using System.Text.Json;
using TinySaver.Core.Failures;
using TinySaver.Core.Jobs;
using TinySaver.Core.Labels;
using TinySaver.Core.Names;
using TinySaver.Pipeline.Images;
using TinySaver.Pipeline.Tests.InMemory;
using TinySaver.Pipeline.Tests.Outages;
using TinySaver.Pipeline.Tests.Stages;

namespace TinySaver.Pipeline.Tests.Jobs;

/// <summary>A job under everything at once: messages in any order and twice, several workers and planners, a crash at any write, overwrites and deletes.</summary>
public sealed class JobCrashSpecs(ITestOutputHelper output) : IDisposable
{
    private const int Images = 300;
    private const double CrashShare = 0.02;

    private readonly TestCascade _cascade = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _cascade.Dispose();

    [Fact]
    public async Task EveryImageIsCountedOnce_whatever_crashes_and_in_whatever_order()
    {
        (int crashes, int doubled, int changed) = (0, 0, 0);
        for (int seed = 0; seed < 8; seed++)
        {
            var random = new LockedRandom(seed);
            await using var jobs = new MemoryJobs(_cascade, o => o.LargeBatchSize = 4, seed, pageSize: 100, chunksPerPart: 2);
            var kinds = new Dictionary<string, int>();
            var deleted = new HashSet<string>();
            for (int i = 0; i < Images; i++)
                await UploadAsync(jobs, kinds, Name(i), i % 5);

            await jobs.SubmitAsync(new("job") { Prefix = "batch/", Overwrite = seed % 2 == 0 ? JobOverwrite.Missing : JobOverwrite.All });
            jobs.Pipeline.Faults.CrashBefore = _ => random.NextDouble() < CrashShare / 2;
            jobs.Pipeline.Faults.CrashAfter = _ => random.NextDouble() < CrashShare / 2;
            for (int step = 0; jobs.Messages.Count > 0; step++)
            {
                // The last part is calm, as is every crash at last.
                if (step == 5_000)
                    Assert.Fail($"Seed {seed} does not end: {await jobs.JobAsync("job")}, {jobs.Messages.Count} messages, {jobs.Pipeline.Labels.Final} of {jobs.Pipeline.Labels.Count} rows final.");
                if (step == 200)
                    jobs.Pipeline.Faults.CrashBefore = jobs.Pipeline.Faults.CrashAfter = null;

                doubled += await StepAsync(jobs, random);
                if (step < 100 && random.NextDouble() < 0.3)
                {
                    changed++;
                    await ChangeAsync(jobs, kinds, deleted, Name(random.Next(Images)), random);
                }
            }

            await AssertAsync(jobs, kinds, deleted);
            crashes += jobs.Pipeline.Faults.Crashes;
        }

        output.WriteLine($"{crashes} crashes, {doubled} messages delivered twice, {changed} images changed while their jobs ran.");
        Assert.True(crashes > 100 && doubled > 5 && changed > 50);
    }

    private static string Name(int i) => $"batch/{i:D4}.bmp";

    private static async Task UploadAsync(MemoryJobs jobs, Dictionary<string, int> kinds, string name, int kind)
    {
        byte[] content = kind switch { 0 or 1 => TestImages.Green, 2 or 3 => TestImages.Unsure, _ => TestImages.NotAnImage };
        kinds[(await jobs.Pipeline.UploadAsync(name, content)).ETag] = kind;
    }

    // Three at once: of the same queue, and perhaps of the same message.
    private static async Task<int> StepAsync(MemoryJobs jobs, Random random)
    {
        InMemoryJobMessages.Message?[] taken = [.. Enumerable.Range(0, 3).Select(_ => jobs.Messages.Take(random))];
        int doubled = 0;
        await Task.WhenAll(taken.OfType<InMemoryJobMessages.Message>().Select(message => Task.Run(async () =>
        {
            if (random.NextDouble() < 0.1 && message.Deliveries == 1)
            {
                Interlocked.Increment(ref doubled);
                jobs.Messages.PutBack(message);
            }

            try
            {
                await jobs.DeliverAsync(message, mostDeliveries: 4);
            }
            catch (Exception e) when (e is CrashException or AggregateException)
            {
                jobs.Messages.PutBack(message);
            }
        }, Cancellation)));
        if (taken.All(m => m is null) || random.NextDouble() < 0.2)
        {
            try
            {
                await jobs.Pipeline.PumpAsync();
            }
            catch (CrashException)
            {
                // The locks of what the dead had taken end by themselves.
            }

            jobs.Pipeline.Time.Advance(TimeSpan.FromSeconds(20));
        }

        return doubled;
    }

    private static async Task ChangeAsync(MemoryJobs jobs, Dictionary<string, int> kinds, HashSet<string> deleted, string name, Random random)
    {
        if (random.NextDouble() < 0.2)
        {
            jobs.Pipeline.Images.Delete(name);
            deleted.Add(name);
            return;
        }

        await UploadAsync(jobs, kinds, name, random.Next(5));
        while (true)
        {
            try
            {
                await jobs.Pipeline.Tiny.ProcessAsync(new ImageReference(name), Cancellation);
                return;
            }
            catch (CrashException)
            {
                // Its trigger tries again.
            }
        }
    }

    private static async Task AssertAsync(MemoryJobs jobs, Dictionary<string, int> kinds, HashSet<string> deleted)
    {
        List<LabelRow> rows = await jobs.ResultsAsync("job");
        JobRow job = await jobs.JobAsync("job");
        Assert.Equal(job.Images, rows.Count);
        Assert.Equal(job.Images, rows.Select(r => r.Name).Distinct().Count());

        // What was deleted may have been so before it was listed.
        Assert.Empty(Enumerable.Range(0, Images).Select(Name).Except(rows.Select(r => r.Name)).Except(deleted));
        Assert.All(rows, row => Assert.Equal(
            row.Reason == FailureReason.Deleted ? (LabelStatus.Failed, null, (Decider?)null) : kinds[row.Version.ETag] switch
            {
                0 or 1 => (LabelStatus.Labelled, "green", Decider.Tiny),
                2 or 3 => (LabelStatus.Labelled, "red", Decider.Large),
                _ => (LabelStatus.Failed, null, (Decider?)null),
            },
            (row.Status, row.Label, row.DecidedBy)));

        JsonElement summary = await jobs.SummaryAsync("job");
        Assert.Equal("finished", summary.GetProperty("state").GetString());
        Assert.Equal(job.Images, summary.GetProperty("images").GetInt64());
        Assert.Equal(0, summary.GetProperty("notWorkedOn").GetInt64());
        Assert.Equal(0, summary.GetProperty("waiting").GetInt64());
        Assert.Equal(rows.Count(r => r.DecidedBy == Decider.Tiny), summary.GetProperty("labelledByTiny").GetInt64());
        Assert.Equal(rows.Count(r => r.DecidedBy == Decider.Large), summary.GetProperty("labelledByLarge").GetInt64());
        Assert.Equal(
            rows.Where(r => r.Status == LabelStatus.Failed).GroupBy(r => r.Reason!.Value.Name()).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => (g.Key, g.LongCount())),
            summary.GetProperty("failedByReason").EnumerateObject().Select(p => (p.Name, p.Value.GetInt64())));

        Assert.Equal(JobState.Finished, job.State);
        Assert.NotNull(job.FinishedAt);
        Assert.Null(await jobs.Jobs.GetChunkAsync("job", 0, Cancellation));
    }
}
