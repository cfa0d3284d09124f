using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using TinySaver.Core.Jobs;
using TinySaver.Core.Labels;
using TinySaver.Pipeline.Jobs;
using TinySaver.Pipeline.Outages;
using TinySaver.Pipeline.Tests.InMemory;
using TinySaver.Pipeline.Tests.Outages;
using TinySaver.Pipeline.Tests.Stages;

namespace TinySaver.Pipeline.Tests.Jobs;

/// <summary>Batch jobs over the in-memory twins.</summary>
internal sealed class MemoryJobs : IAsyncDisposable
{
    public MemoryJobs(TestCascade cascade, Action<PipelineOptions>? configure = null, int seed = 1, int pageSize = 1_000, int chunksPerPart = 256, TimeSpan? longestOutage = null)
    {
        Pipeline = new(cascade, configure, seed);
        Jobs = new(Pipeline.Time, Pipeline.Faults);
        Messages = new(Pipeline.Time, Pipeline.Faults);
        Files = new(Pipeline.Faults);
        Patience patience = FakeTime.Patience(Pipeline.Time, longestOutage ?? TimeSpan.Zero);
        Worker = new(
            Jobs, Messages, Pipeline.Images, Pipeline.Labels, Pipeline.Tiny, Pipeline.Cascades, patience, Options.Create(Pipeline.Options), NullLogger<ChunkWorker>.Instance);
        Driver = new(
            Jobs, Messages, new(Jobs, Messages, Pipeline.Images, Files, Pipeline.Time) { PageSize = pageSize },
            new(Jobs, Files, Pipeline.Images, Pipeline.Labels, Pipeline.Cascades, Options.Create(Pipeline.Options), Pipeline.Time) { ChunksPerPart = chunksPerPart }, patience, Pipeline.Time, NullLogger<JobDriver>.Instance);
    }

    public MemoryPipeline Pipeline { get; }

    public InMemoryJobs Jobs { get; }

    public InMemoryJobMessages Messages { get; }

    public InMemoryJobFiles Files { get; }

    public ChunkWorker Worker { get; }

    public JobDriver Driver { get; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public Task SubmitAsync(JobRequest request) => Messages.SendJobAsync(JobJson.Write(request), TimeSpan.Zero, Cancellation);

    public Task DeliverAsync(InMemoryJobMessages.Message message, int mostDeliveries = int.MaxValue) => message.IsJob
        ? Driver.ReceiveAsync(message.Text, Cancellation)
        : Worker.ReceiveAsync(message.Text, Math.Min(message.Deliveries, mostDeliveries), Cancellation);

    /// <summary>Works off all messages in turn, those of the large model too.</summary>
    public async Task RunAsync(int mostMessages = int.MaxValue)
    {
        var random = new Random(5);
        for (int i = 0; i < mostMessages && Messages.Count > 0; i++)
        {
            Assert.True(i < 10_000, $"{Messages.Count} messages are left after ten thousand.");
            if (Messages.Take(random) is { } message)
            {
                await DeliverAsync(message);
            }
            else
            {
                await Pipeline.PumpAsync();
                Pipeline.Time.Advance(TimeSpan.FromSeconds(5));
            }
        }
    }

    public async Task UploadAsync(string prefix, int count, Func<int, byte[]> content)
    {
        for (int i = 0; i < count; i++)
            await Pipeline.UploadAsync($"{prefix}{i:D5}.bmp", content(i));
    }

    public async Task<JobRow> JobAsync(string id) => (await Jobs.GetAsync(id, Cancellation))!.Row;

    public async Task<JsonElement> SummaryAsync(string id)
    {
        await using Stream? summary = await Files.OpenAsync($"{id}/summary.json", Cancellation);
        Assert.NotNull(summary);
        return JsonDocument.Parse(summary).RootElement;
    }

    /// <summary>The rows of all result files, which must be JSON lines.</summary>
    public async Task<List<LabelRow>> ResultsAsync(string id)
    {
        var rows = new List<LabelRow>();
        await foreach ((string path, JobCounts? counts) in Files.ListAsync(id, Cancellation))
        {
            if (counts is null)
                continue;

            using var reader = new StreamReader((await Files.OpenAsync(path, Cancellation))!);
            while (await reader.ReadLineAsync(Cancellation) is { } line)
                rows.Add(LabelColumns.Read(JsonDocument.Parse(line).RootElement));
        }

        return rows;
    }

    public ValueTask DisposeAsync() => Pipeline.DisposeAsync();
}
