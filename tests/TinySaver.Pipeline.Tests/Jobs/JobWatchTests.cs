using System.Diagnostics.Metrics;
using Microsoft.Extensions.Time.Testing;
using TinySaver.Core.Jobs;
using TinySaver.Pipeline.Jobs;
using TinySaver.Pipeline.Telemetry;
using TinySaver.Pipeline.Tests.InMemory;

namespace TinySaver.Pipeline.Tests.Jobs;

public sealed class JobWatchTests
{
    private readonly FakeTimeProvider _time = new(new(2026, 8, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly InMemoryJobs _jobs;

    public JobWatchTests() => _jobs = new(_time);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task MeasureAsync_OneOfEachKind_SaysWhichStandsStillAndHowManyImagesWait()
    {
        await AddAsync("stuck", new() { Chunks = 1, Images = 64, Tiny = 64 });
        await AddAsync("cancelled", new() { Chunks = 1, Images = 64, Tiny = 64 }, r => r with { State = JobState.Cancelled });
        await AddAsync("waits-for-large", new() { Chunks = 2, Images = 100, Tiny = 90, Waiting = 10 });
        await AddAsync("finisher-lost", new() { Chunks = 2, Images = 100, Tiny = 100 });
        await AddAsync("finished", new() { Chunks = 2, Images = 100, Tiny = 100 }, r => r with { State = JobState.Finished, FinishedAt = _time.GetUtcNow() });
        _time.Advance(TimeSpan.FromMinutes(40));
        await AddAsync("moves", new() { Chunks = 1, Images = 64, Tiny = 64 });

        Assert.Equal(
            [
                "tinysaver.job.standstill cancelled 2400", "tinysaver.job.standstill finisher-lost 2400", "tinysaver.job.standstill moves 0", "tinysaver.job.standstill stuck 2400",
                "tinysaver.job.standstill waits-for-large 0",
                "tinysaver.job.waiting cancelled 36", "tinysaver.job.waiting finisher-lost 0", "tinysaver.job.waiting moves 36", "tinysaver.job.waiting stuck 36",
                "tinysaver.job.waiting waits-for-large 0",
            ],
            (await MeasureAsync()).Order(StringComparer.Ordinal));
    }

    // A hundred images in two chunks, of which the counts say what is done.
    private async Task AddAsync(string id, JobCounts counts, Func<JobRow, JobRow>? end = null)
    {
        var row = new JobRow { Id = id, Request = "{}", SubmittedAt = _time.GetUtcNow() };
        Assert.True(await _jobs.TryInsertAsync(row, Cancellation));
        JobChunk[] chunks = [.. Enumerable.Range(0, 2).Select(i => new JobChunk(id, i, [new("a")]))];
        row = row with { Chunks = 2, Sent = 2, Images = 100, State = JobState.Working, PlannedAt = _time.GetUtcNow() };
        Assert.True(await _jobs.TryReplaceAsync(row, (await _jobs.GetAsync(id, Cancellation))!.Tag, chunks, Cancellation));
        (JobChunk Chunk, string Tag)? first = await _jobs.GetChunkAsync(id, 0, Cancellation);
        Assert.True(await _jobs.TryCompleteAsync(first!.Value.Chunk with { Rows = [] }, first.Value.Tag, counts, Cancellation));
        if (end is not null)
            Assert.True(await _jobs.TryReplaceAsync(end(row), (await _jobs.GetAsync(id, Cancellation))!.Tag, [], Cancellation));
    }

    private async Task<List<string>> MeasureAsync()
    {
        var measured = new List<string>();
        using var meter = new Meter(PipelineTelemetry.SourceName);
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, listening) =>
        {
            if (ReferenceEquals(instrument.Meter, meter))
                listening.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((i, value, with, _) => measured.Add($"{i.Name} {with[0].Value} {value}"));
        listener.SetMeasurementEventCallback<double>((i, value, with, _) => measured.Add($"{i.Name} {with[0].Value} {value}"));
        listener.Start();
        await new JobWatch(_jobs, new PipelineTelemetry(meter), _time).MeasureAsync(Cancellation);
        return measured;
    }
}
