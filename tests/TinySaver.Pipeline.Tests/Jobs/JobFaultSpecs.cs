using System.Text.Json;
using TinySaver.Core.Failures;
using TinySaver.Core.Jobs;
using TinySaver.Core.Labels;
using TinySaver.Pipeline.Jobs;
using TinySaver.Pipeline.Tests.InMemory;
using TinySaver.Pipeline.Tests.Outages;
using TinySaver.Pipeline.Tests.Stages;

namespace TinySaver.Pipeline.Tests.Jobs;

/// <summary>Batch jobs over the in-memory twins, where something goes wrong.</summary>
public sealed class JobFaultSpecs : IAsyncDisposable
{
    private readonly TestCascade _cascade = new();
    private readonly MemoryJobs _jobs;

    public JobFaultSpecs() => _jobs = new(_cascade, longestOutage: Timeout.InfiniteTimeSpan);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _jobs.DisposeAsync();
        _cascade.Dispose();
    }

    [Fact]
    public async Task MessageThatIsNoJob_ends_in_a_row_that_says_why()
    {
        await _jobs.Messages.SendJobAsync("hello", TimeSpan.Zero, Cancellation);
        await _jobs.Messages.SendJobAsync("""{"v":1,"id":"typo","input":{"prefix":"a/"},"overwrit":"all"}""", TimeSpan.Zero, Cancellation);
        await _jobs.SubmitAsync(new("twice") { Prefix = "a/" });
        await _jobs.RunAsync();
        await _jobs.SubmitAsync(new("twice") { Prefix = "b/" });
        await _jobs.RunAsync();

        List<JobRow> all = await _jobs.Jobs.ListAsync(Cancellation).ToListAsync(Cancellation);
        Assert.Equal(4, all.Count);
        Assert.Contains("field 'overwrit'", (await _jobs.JobAsync("typo")).Reason, StringComparison.Ordinal);
        Assert.Equal(JobState.Finished, (await _jobs.JobAsync("twice")).State);
        Assert.Equal(
            ["The job message is no JSON object; it begins: hello", "There is another job 'twice' already. Send this one under another name."],
            all.Where(j => j.Id.StartsWith("refused-", StringComparison.Ordinal)).Select(j => j.Reason).Order(StringComparer.Ordinal));
        Assert.All(all.Where(j => j.Id != "twice"), j => Assert.True(j.State == JobState.Failed && j.FinishedAt is not null));
    }

    [Fact]
    public async Task RefusedMessage_is_shown_whatever_it_holds()
    {
        await _jobs.Messages.SendJobAsync($$"""{"v":1,"id":"cut","input":{"prefix":""},"x":"{{new string('x', 3_000)}}"}""", TimeSpan.Zero, Cancellation);
        await _jobs.RunAsync();

        JobReply reply = await new JobDesk(_jobs.Jobs, _jobs.Messages, _jobs.Pipeline.Time).GetAsync("cut", Cancellation);

        Assert.Equal(200, reply.Status);
        Assert.StartsWith("{\"v\":1,\"id\":\"cut\"", JsonDocument.Parse(reply.Body).RootElement.GetProperty("request").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a/00031.bmp")]
    [InlineData("a/00020.bmp", "a/00040.bmp", "a/00041.bmp")]
    public async Task ImagesThatKillTheirWorker_are_given_up_alone(params string[] deadly)
    {
        await _jobs.UploadAsync("a/", 64, _ => TestImages.Green);
        InMemoryJobMessages.Message message = await ChunkAsync();
        int deaths = 0;
        int last = ChunkWorker.MaxDeliveries + deadly.Length + 1;
        for (int delivery = 1; delivery <= last; delivery++)
        {
            // A process that dies ends all of its work: here what is cancelled.
            using var death = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
            _jobs.Pipeline.Faults.CrashBefore = operation =>
            {
                bool dies = deadly.Any(name => operation == $"images.open:{name}");
                if (dies)
                    death.Cancel();

                return dies;
            };
            try
            {
                await _jobs.Worker.ReceiveAsync(message.Text, delivery, death.Token);
            }
            catch (Exception) when (death.IsCancellationRequested)
            {
                deaths++;
            }
        }

        await _jobs.RunAsync();

        Assert.Equal(last - 1, deaths);
        Assert.Equal(deadly.Length, (await SummaryAsync()).GetProperty("failedByReason").GetProperty("retries-exhausted").GetInt32());
        Assert.Equal(64 - deadly.Length, (await SummaryAsync()).GetProperty("labelled").GetInt32());
        Assert.All(await _jobs.ResultsAsync("job"), r => Assert.Equal(deadly.Contains(r.Name), r.Status == LabelStatus.Failed));
    }

    [Fact]
    public async Task PartWhoseDeliveriesAreUsedUp_fails_none_that_is_escalated_or_was_not_tried()
    {
        await _jobs.UploadAsync("a/", 20, i => i % 2 == 0 ? TestImages.Unsure : TestImages.Green);
        InMemoryJobMessages.Message message = await ChunkAsync();
        _jobs.Pipeline.Faults.CrashBefore = operation => operation == "images.open:a/00010.bmp";
        await Assert.ThrowsAsync<AggregateException>(() => _jobs.Worker.ReceiveAsync(message.Text, 1, Cancellation));
        _jobs.Pipeline.Faults.CrashBefore = null;
        Assert.Equal(LabelStatus.Escalated, (await _jobs.Pipeline.RowAsync("a/00002.bmp"))!.Status);

        await _jobs.Worker.ReceiveAsync(message.Text, ChunkWorker.MaxDeliveries + 1, Cancellation);
        await _jobs.RunAsync();

        Assert.Equal((10, 10, 0), Outcome(await SummaryAsync()));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("jobs.", 1)]
    [InlineData("labels.", 1)]
    [InlineData("images.open", 1)]
    [InlineData("images.open", ChunkWorker.MaxDeliveries)]
    public async Task OutageDuringAPart_is_waited_out_and_uses_up_no_delivery(string service, long delivery)
    {
        await _jobs.UploadAsync("a/", 64, i => i % 4 == 0 ? TestImages.Unsure : TestImages.Green);
        InMemoryJobMessages.Message message = await ChunkAsync();
        BreakAt(service, at: 3);

        await PassAsync(() => _jobs.Worker.ReceiveAsync(message.Text, delivery, Cancellation), TestContext.Current.CancellationToken);
        await _jobs.RunAsync();

        Assert.True(_jobs.Pipeline.Faults.Crashes > 0, "The outage was not met.");
        Assert.Equal((48, 16, 0), Outcome(await SummaryAsync()));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("jobs.")]
    [InlineData("images.list")]
    [InlineData("messages.")]
    public async Task OutageWhileAJobIsPlanned_is_waited_out(string service)
    {
        await _jobs.UploadAsync("a/", 100, _ => TestImages.Green);
        BreakAt(service, at: 1);

        await PassAsync(() => _jobs.Driver.ReceiveAsync(Request("a/"), Cancellation), TestContext.Current.CancellationToken);
        await _jobs.RunAsync();

        Assert.True(_jobs.Pipeline.Faults.Crashes > 0, "The outage was not met.");
        Assert.Equal((100, 0, 0), Outcome(await SummaryAsync()));
    }

    [Fact]
    public async Task LookAfterAJobThatWaits_adds_no_message()
    {
        await _jobs.UploadAsync("a/", 3, _ => TestImages.Unsure);
        await _jobs.SubmitAsync(new("job") { Prefix = "a/" });
        await _jobs.RunAsync(mostMessages: 3);
        int waiting = _jobs.Messages.Count;

        for (int minute = 0; minute < 10; minute++)
        {
            await _jobs.Driver.ReceiveAsync(Request("a/"), Cancellation, goesOn: false);
            _jobs.Pipeline.Time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal((1, 1), (waiting, _jobs.Messages.Count));
        await _jobs.RunAsync();
        Assert.Equal((0, 3, 0), Outcome(await SummaryAsync()));
    }

    [Fact]
    public async Task PoisonedMessageOfAnotherJobOfTheName_leaves_the_present_one_alone()
    {
        await _jobs.UploadAsync("a/", 100, _ => TestImages.Green);
        await _jobs.SubmitAsync(new("job") { Prefix = "a/" });
        await _jobs.RunAsync(mostMessages: 1);

        await _jobs.Driver.GiveUpAsync(Request("b/"), Cancellation);
        await _jobs.RunAsync();

        Assert.Equal((JobState.Finished, 2), ((await _jobs.JobAsync("job")).State, await _jobs.Jobs.ListAsync(Cancellation).CountAsync(Cancellation)));
        Assert.Equal((100, 0, 0), Outcome(await SummaryAsync()));
    }

    [Fact]
    public async Task ImageThatIsGone_is_counted_so_though_it_has_a_row_of_old()
    {
        await _jobs.Pipeline.LabelAsync("a/x.bmp", TestImages.Green);
        LabelRow row = (await _jobs.Pipeline.RowAsync("a/x.bmp"))!;
        InMemoryJobMessages.Message message = await ChunkAsync(JobOverwrite.All);
        _jobs.Pipeline.Images.Delete("a/x.bmp");

        await _jobs.DeliverAsync(message);
        await _jobs.RunAsync();

        Assert.Equal((0, 0, 1), Outcome(await SummaryAsync()));
        Assert.Equal(("a/x.bmp", FailureReason.Deleted), (await _jobs.ResultsAsync("job")).Select(r => (r.Name, r.Reason)).Single());
        Assert.Equal(row, await _jobs.Pipeline.RowAsync("a/x.bmp"));
    }

    [Fact]
    public async Task ImageThatFailsEachTime_is_given_up_and_fails_no_other()
    {
        await _jobs.UploadAsync("a/", 10, _ => TestImages.Green);
        InMemoryJobMessages.Message message = await ChunkAsync();
        _jobs.Pipeline.Faults.CrashBefore = operation => operation == "images.open:a/00003.bmp";
        for (int delivery = 1; delivery < ChunkWorker.MaxDeliveries; delivery++)
            await Assert.ThrowsAsync<AggregateException>(() => _jobs.Worker.ReceiveAsync(message.Text, delivery, Cancellation));

        Assert.Equal(9, _jobs.Pipeline.Labels.Count);
        await _jobs.Worker.ReceiveAsync(message.Text, ChunkWorker.MaxDeliveries, Cancellation);
        await _jobs.RunAsync();

        LabelRow row = (await _jobs.Pipeline.RowAsync("a/00003.bmp"))!;
        Assert.Equal((LabelStatus.Failed, FailureReason.RetriesExhausted, "job"), (row.Status, row.Reason, row.Job));
        Assert.Equal("finished", (await _jobs.SummaryAsync("job")).GetProperty("state").GetString());
    }

    [Fact]
    public async Task JobWhoseMessageIsGivenUp_fails_and_says_so()
    {
        await _jobs.Driver.GiveUpAsync(JobJson.Write(new JobRequest("job") { Prefix = "a/" }), Cancellation);
        await _jobs.Driver.GiveUpAsync("x", Cancellation);
        await _jobs.RunAsync();

        Assert.Equal((JobState.Failed, true), ((await _jobs.JobAsync("job")).State, (await _jobs.JobAsync("job")).Reason!.Contains("the app's log says why", StringComparison.Ordinal)));
        Assert.Equal("failed", (await _jobs.SummaryAsync("job")).GetProperty("state").GetString());
    }

    [Fact]
    public async Task LostMessages_are_sent_again_when_the_job_has_stood_still()
    {
        await _jobs.UploadAsync("a/", 200, _ => TestImages.Green);
        await _jobs.SubmitAsync(new("job") { Prefix = "a/" });
        await _jobs.RunAsync(mostMessages: 2);
        while (_jobs.Messages.Take(new Random(1)) is not null)
        {
            // Gone with the storage that held it.
        }

        await _jobs.SubmitAsync(new("job") { Prefix = "a/" });
        await _jobs.RunAsync();
        Assert.Null((await _jobs.JobAsync("job")).FinishedAt);
        _jobs.Pipeline.Time.Advance(TimeSpan.FromMinutes(4));
        await _jobs.SubmitAsync(new("job") { Prefix = "a/" });
        await _jobs.RunAsync();

        Assert.Equal(200, (await _jobs.SummaryAsync("job")).GetProperty("labelled").GetInt32());
    }

    private static string Request(string prefix) => JobJson.Write(new JobRequest("job") { Prefix = prefix });

    private static (int Tiny, int Large, int Failed) Outcome(JsonElement summary) =>
        (summary.GetProperty("labelledByTiny").GetInt32(), summary.GetProperty("labelledByLarge").GetInt32(), summary.GetProperty("failed").GetInt32());

    private Task<JsonElement> SummaryAsync() => _jobs.SummaryAsync("job");

    // The message of the only part of a job over all images.
    private async Task<InMemoryJobMessages.Message> ChunkAsync(JobOverwrite overwrite = default)
    {
        await _jobs.SubmitAsync(new("job") { Prefix = "a/", Overwrite = overwrite });
        await _jobs.RunAsync(mostMessages: 1);
        return _jobs.Messages.Take(new Random(1))!;
    }

    // From so many operations on, for two minutes.
    private void BreakAt(string service, int at)
    {
        int met = 0;
        long end = long.MaxValue;
        _jobs.Pipeline.Faults.Outage = operation =>
        {
            if (!operation.StartsWith(service, StringComparison.Ordinal))
                return false;

            int count = Interlocked.Increment(ref met);
            if (count == at)
                Volatile.Write(ref end, (_jobs.Pipeline.Time.GetUtcNow() + TimeSpan.FromMinutes(2)).Ticks);

            return count >= at && _jobs.Pipeline.Time.GetUtcNow().Ticks < Volatile.Read(ref end);
        };
    }

    private async Task PassAsync(Func<Task> work, CancellationToken cancellationToken)
    {
        var working = Task.Run(work, cancellationToken);
        await _jobs.Pipeline.Time.PassUntilAsync(() => working.IsCompleted, TimeSpan.FromMilliseconds(100), cancellationToken);
        await working;
    }
}
