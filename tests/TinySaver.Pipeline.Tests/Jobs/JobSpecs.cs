using System.Text.Json;
using TinySaver.Core.Jobs;
using TinySaver.Core.Labels;
using TinySaver.Pipeline.Jobs;
using TinySaver.Pipeline.Stages;
using TinySaver.Pipeline.Tests.Stages;

namespace TinySaver.Pipeline.Tests.Jobs;

/// <summary>Batch jobs over the in-memory twins, where all goes well.</summary>
public sealed class JobSpecs : IAsyncDisposable
{
    private readonly TestCascade _cascade = new();
    private readonly MemoryJobs _jobs;
    private readonly Dictionary<string, int> _operations = [];

    public JobSpecs()
    {
        _jobs = new(_cascade);
        _jobs.Pipeline.Faults.CrashBefore = operation =>
        {
            lock (_operations)
                _operations[operation] = _operations.GetValueOrDefault(operation) + 1;

            return false;
        };
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _jobs.DisposeAsync();
        _cascade.Dispose();
    }

    [Fact]
    public async Task Prefix_labels_what_begins_with_it_and_says_so_in_its_summary()
    {
        await _jobs.UploadAsync("a/", 130, i => i % 10 == 0 ? TestImages.Unsure : TestImages.Green);
        await _jobs.UploadAsync("b/", 5, _ => TestImages.Red);

        await _jobs.SubmitAsync(new("night") { Prefix = "a/" });
        await _jobs.RunAsync();

        Assert.Equal(130, _jobs.Pipeline.Labels.Count);
        JsonElement summary = await _jobs.SummaryAsync("night");
        Assert.Equal(
            (130, 130, 117, 13, 0.9),
            (summary.GetProperty("images").GetInt32(), summary.GetProperty("labelled").GetInt32(), summary.GetProperty("labelledByTiny").GetInt32(),
                summary.GetProperty("labelledByLarge").GetInt32(), summary.GetProperty("exitRate").GetDouble()));
        Assert.Equal((130 * 10) + (13 * 1_000), summary.GetProperty("macs").GetInt64());
        Assert.Equal(1 - (14_300 / 130_000.0), summary.GetProperty("computeSaved").GetDouble(), 12);
        Assert.Equal(130, summary.GetProperty("policies").GetProperty(_cascade.Policy.Id).GetInt32());
        Assert.Equal(3, (await _jobs.JobAsync("night")).Chunks);
        Assert.Equal("night/part-00000.jsonl", Assert.Single(summary.GetProperty("results").EnumerateArray()).GetString());
        Assert.All(await _jobs.ResultsAsync("night"), r => Assert.Equal(r, r with { Job = null }));
        Assert.Equal("night", (await _jobs.Pipeline.RowAsync("a/00010.bmp"))!.Job);
    }

    [Fact]
    public async Task Money_is_in_the_summary_where_prices_are_known()
    {
        await using var jobs = new MemoryJobs(_cascade, o => (o.UsdPerMillionImages, o.UsdPerMillionEscalations, o.UsdPerMillionLargeOnly) = (4_000, 50_000, 52_000));
        foreach (MemoryJobs each in (MemoryJobs[])[_jobs, jobs])
        {
            await each.UploadAsync("a/", 10, i => i == 0 ? TestImages.Unsure : TestImages.Green);
            await each.SubmitAsync(new("job") { Prefix = "a/" });
            await each.RunAsync();
        }

        Assert.Equal(JsonValueKind.Null, (await _jobs.SummaryAsync("job")).GetProperty("usdSaved").ValueKind);
        Assert.Equal(0.43, (await jobs.SummaryAsync("job")).GetProperty("usdSaved").GetDouble());
    }

    [Fact]
    public async Task NoImages_finish_at_once_with_an_empty_summary()
    {
        await _jobs.SubmitAsync(new("none") { Prefix = "nothing/" });
        await _jobs.RunAsync();

        Assert.Equal(409, (await new JobDesk(_jobs.Jobs, _jobs.Messages, _jobs.Pipeline.Time).DeleteAsync("none", Cancellation)).Status);
        JsonElement summary = await _jobs.SummaryAsync("none");
        Assert.Equal(("finished", 0, JsonValueKind.Null), (summary.GetProperty("state").GetString(), summary.GetProperty("images").GetInt32(), summary.GetProperty("exitRate").ValueKind));
    }

    [Fact]
    public async Task Missing_again_touches_no_image()
    {
        await _jobs.UploadAsync("a/", 100, i => i % 4 == 0 ? TestImages.Unsure : i % 4 == 1 ? TestImages.NotAnImage : TestImages.Green);
        await _jobs.SubmitAsync(new("first") { Prefix = "a/" });
        await _jobs.RunAsync();
        _operations.Clear();

        await _jobs.SubmitAsync(new("second") { Prefix = "a/" });
        await _jobs.RunAsync();

        Assert.DoesNotContain("images.open", _operations);
        Assert.DoesNotContain("labels.insert", _operations);
        Assert.DoesNotContain("labels.replace", _operations);
        JsonElement summary = await _jobs.SummaryAsync("second");
        Assert.Equal((100, 100, 0), (summary.GetProperty("images").GetInt32(), summary.GetProperty("labelledBefore").GetInt32(), summary.GetProperty("macs").GetInt64()));
        Assert.Equal((await _jobs.ResultsAsync("first")).Select(Line), (await _jobs.ResultsAsync("second")).Select(Line));
    }

    [Fact]
    public async Task Missing_with_a_new_policy_labels_what_the_old_one_had()
    {
        await _jobs.UploadAsync("a/", 80, i => i % 4 == 0 ? TestImages.NotAnImage : TestImages.Unsure);
        await _jobs.SubmitAsync(new("old") { Prefix = "a/" });
        await _jobs.RunAsync();
        Assert.All(await _jobs.ResultsAsync("old"), r => Assert.NotEqual(Decider.Tiny, r.DecidedBy));

        // So low that the tiny model decides all: a row that ranks below the one that is there.
        _cascade.WritePolicy(threshold: 0.1);
        await _jobs.Pipeline.Cascades.RefreshAsync(Cancellation);
        await _jobs.SubmitAsync(new("new") { Prefix = "a/" });
        await _jobs.RunAsync();

        JsonElement summary = await _jobs.SummaryAsync("new");
        Assert.Equal((60, 20, 20), (summary.GetProperty("labelledByTiny").GetInt32(), summary.GetProperty("labelledBefore").GetInt32(), summary.GetProperty("failed").GetInt32()));
        Assert.All((await _jobs.ResultsAsync("new")).Where(r => r.Status == LabelStatus.Labelled), r => Assert.Equal(_cascade.Policy.Id, r.Policy));
        LabelRow row = (await _jobs.Pipeline.RowAsync("a/00001.bmp"))!;
        Assert.Equal((Decider.Tiny, "new"), (row.DecidedBy, row.Job));
    }

    [Fact]
    public async Task Missing_labels_an_image_whose_row_is_of_an_earlier_version()
    {
        await _jobs.Pipeline.LabelAsync("a/x.bmp", TestImages.Green);
        await _jobs.Pipeline.UploadAsync("a/x.bmp", TestImages.Red);
        await _jobs.SubmitAsync(new("job") { Prefix = "a/" });
        await _jobs.RunAsync();

        Assert.Equal(("red", "job"), ((await _jobs.Pipeline.RowAsync("a/x.bmp"))!.Label, (await _jobs.Pipeline.RowAsync("a/x.bmp"))!.Job));
    }

    [Fact]
    public async Task All_labels_everything_anew()
    {
        await _jobs.UploadAsync("a/", 70, i => i % 2 == 0 ? TestImages.Unsure : TestImages.Green);
        foreach (string job in (string[])["first", "second"])
        {
            await _jobs.SubmitAsync(new(job) { Prefix = "a/", Overwrite = JobOverwrite.All });
            await _jobs.RunAsync();
        }

        JsonElement summary = await _jobs.SummaryAsync("second");
        Assert.Equal((0, 35, 35), (summary.GetProperty("labelledBefore").GetInt32(), summary.GetProperty("labelledByTiny").GetInt32(), summary.GetProperty("labelledByLarge").GetInt32()));
        Assert.Equal("second", (await _jobs.Pipeline.RowAsync("a/00000.bmp"))!.Job);
    }

    [Fact]
    public async Task MessageOfAnotherUploadInFlight_does_not_leave_a_jobs_image_waiting()
    {
        // Its escalation waits while the job asks anew.
        await _jobs.Pipeline.LabelAsync("a/x.bmp", TestImages.Unsure);
        await _jobs.SubmitAsync(new("job") { Prefix = "a/", Overwrite = JobOverwrite.All });
        await _jobs.RunAsync();

        Assert.Equal((LabelStatus.Labelled, Decider.Large), ((await _jobs.Pipeline.RowAsync("a/x.bmp"))!.Status, (await _jobs.Pipeline.RowAsync("a/x.bmp"))!.DecidedBy));
        Assert.Equal("finished", (await _jobs.SummaryAsync("job")).GetProperty("state").GetString());
    }

    [Fact]
    public async Task TooManyFailures_stop_the_job_early()
    {
        await _jobs.UploadAsync("a/", 2_000, i => i % 2 == 0 ? TestImages.NotAnImage : TestImages.Green);
        await _jobs.SubmitAsync(new("bad") { Prefix = "a/", FailAfterPercent = 20 });
        await _jobs.RunAsync();

        JsonElement summary = await _jobs.SummaryAsync("bad");
        Assert.Equal("failed", summary.GetProperty("state").GetString());
        Assert.Contains("images failed; 'failAfterPercent' is 20.", summary.GetProperty("reason").GetString(), StringComparison.Ordinal);
        int worked = summary.GetProperty("labelled").GetInt32() + summary.GetProperty("failed").GetInt32();
        Assert.InRange(worked, 64, 512);
        Assert.Equal(2_000 - worked, summary.GetProperty("notWorkedOn").GetInt32());
        Assert.Equal(worked, (await _jobs.ResultsAsync("bad")).Count);
    }

    [Theory]
    [InlineData(10.0, "finished")]
    [InlineData(9.9, "failed")]
    public async Task FailuresOfASmallJob_are_held_against_all_of_it(double percent, string state)
    {
        await _jobs.UploadAsync("a/", 100, i => i % 10 == 0 ? TestImages.NotAnImage : TestImages.Green);
        await _jobs.SubmitAsync(new("small") { Prefix = "a/", FailAfterPercent = percent });
        await _jobs.RunAsync();

        JsonElement summary = await _jobs.SummaryAsync("small");
        Assert.Equal((state, 0, 10), (summary.GetProperty("state").GetString(), summary.GetProperty("notWorkedOn").GetInt32(), summary.GetProperty("failed").GetInt32()));
        Assert.Equal(state, (await _jobs.JobAsync("small")).State.ToString(), ignoreCase: true);
    }

    [Fact]
    public async Task Cancelled_nothing_new_is_begun_and_what_is_labelled_stays()
    {
        await _jobs.UploadAsync("a/", 640, i => i % 8 == 0 ? TestImages.Unsure : TestImages.Green);
        await _jobs.SubmitAsync(new("stop") { Prefix = "a/" });
        await _jobs.RunAsync(mostMessages: 5);
        int labelled = _jobs.Pipeline.Labels.Count;
        Assert.InRange(labelled, 64, 639);

        await _jobs.Jobs.StopAsync(_jobs.Messages, "stop", JobState.Cancelled, "Cancelled by somebody.", Cancellation);
        await _jobs.RunAsync();

        Assert.Equal(labelled, _jobs.Pipeline.Labels.Count);
        JsonElement summary = await _jobs.SummaryAsync("stop");
        Assert.Equal(("cancelled", "Cancelled by somebody.", 640 - labelled), (summary.GetProperty("state").GetString(), summary.GetProperty("reason").GetString(), summary.GetProperty("notWorkedOn").GetInt32()));
        Assert.NotNull((await _jobs.JobAsync("stop")).FinishedAt);
        Assert.Equal(JobState.Cancelled, (await _jobs.Jobs.StopAsync(_jobs.Messages, "stop", JobState.Failed, "", Cancellation))!.Row.State);
        Assert.Null(await _jobs.Jobs.StopAsync(_jobs.Messages, "other", JobState.Cancelled, "", Cancellation));
    }

    [Fact]
    public async Task Upload_during_a_job_waits_for_no_more_than_the_images_in_flight()
    {
        int started = 0;
        var gate = new SemaphoreSlim(0);
        await using var jobs = new MemoryJobs(_cascade, o => o.ImagesInFlight = 8);
        await jobs.UploadAsync("a/", 256, _ => TestImages.Green);
        await jobs.SubmitAsync(new("large") { Prefix = "a/" });
        await jobs.RunAsync(mostMessages: 1);
        jobs.Pipeline.Faults.Pause = () =>
        {
            Interlocked.Increment(ref started);
            return gate.WaitAsync(Cancellation);
        };
        Task[] working = [.. Enumerable.Range(0, 2).Select(_ => jobs.Messages.Take(new Random(1))!).Select(m => Task.Run(() => jobs.DeliverAsync(m)))];
        while (Volatile.Read(ref started) < 8)
            await Task.Yield();

        // All that is in flight is the job's; now somebody uploads.
        Task<TinyResult> upload = jobs.Pipeline.LabelAsync("b/x.bmp", TestImages.Red);
        int before = Volatile.Read(ref started);
        while (!upload.IsCompleted)
        {
            gate.Release();
            await Task.Delay(1, Cancellation);
        }

        Assert.Equal(TinyOutcome.Labelled, (await upload).Outcome);
        Assert.InRange(started - before, 1, 3 * 8);
        jobs.Pipeline.Faults.Pause = null;
        gate.Release(1_000);
        await Task.WhenAll(working);
    }

    [Fact]
    public async Task NamesOfAnyLength_fit_the_transactions()
    {
        string[] texts = ["图", "\u0001", "\"", "😀"];
        for (int i = 0; i < 1_200; i++)
            await _jobs.Pipeline.UploadAsync($"{string.Concat(Enumerable.Repeat(texts[i / 300], 1_000 / texts[i / 300].Length))}{i:D4}", TestImages.NotAnImage);

        await _jobs.SubmitAsync(new("long") { Prefix = "" });
        await _jobs.RunAsync();

        Assert.Equal(1_200, (await _jobs.SummaryAsync("long")).GetProperty("failedByReason").GetProperty("not-an-image").GetInt32());
    }

    private static string Line(LabelRow row) => string.Join('|', LabelColumns.All.Select(c => c.Read(row)));
}
