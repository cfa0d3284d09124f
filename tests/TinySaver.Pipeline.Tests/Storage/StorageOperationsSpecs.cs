using System.Collections.Concurrent;
using Azure.Core;
using Azure.Core.Pipeline;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using TinySaver.Calibration.Costs;
using TinySaver.Core.Escalations;
using TinySaver.Core.Jobs;
using TinySaver.Pipeline.Emulator;
using TinySaver.Pipeline.Escalations;
using TinySaver.Pipeline.Images;
using TinySaver.Pipeline.Jobs;
using TinySaver.Pipeline.Outages;
using TinySaver.Pipeline.Storage;
using TinySaver.Pipeline.Tests.Emulator;
using TinySaver.Pipeline.Tests.Outages;
using TinySaver.Pipeline.Tests.Stages;

namespace TinySaver.Pipeline.Tests.Storage;

/// <summary>What the pipeline asks of storage, counted request by request, so that nobody adds one unseen: each is paid for by the million.</summary>
public sealed class StorageOperationsSpecs : IAsyncDisposable
{
    private const int Parts = 8;
    private const int Images = Parts * JobChunk.MaxImages;

    private readonly TestCascade _cascade = new();
    private readonly RequestCounter _counter;
    private readonly BlobImageStore _images;
    private readonly StorageJobMessages _messages;
    private readonly StageSet _stages;
    private readonly TableJobStore _jobs;
    private readonly TableLabelStore _labels;
    private readonly BlobJobFiles _files;
    private readonly StorageEscalations _escalations;

    public StorageOperationsSpecs(AzuriteFixture azurite)
    {
        _counter = new(azurite.Server.Ports);
        StorageOptions options = azurite.NewOptions();
        options.EscalationLock = TimeSpan.FromMinutes(1);
        var clients = StorageClients.Create(options, o => o.AddPolicy(_counter, HttpPipelinePosition.PerRetry));
        _images = new(clients.Blobs.GetBlobContainerClient(options.ImagesContainer));
        _labels = new(clients.Tables.GetTableClient(options.LabelsTable));
        _jobs = new(clients.Tables.GetTableClient(options.JobsTable));
        _files = new(clients.Blobs.GetBlobContainerClient(options.JobsContainer), clients.Blobs.GetBlobContainerClient(options.ResultsContainer));
        _messages = new(clients.Queues, options);
        _escalations = new(clients.Queues, options);
        _stages = new(_images, _labels, _escalations, _cascade, TimeProvider.System, new PipelineOptions());
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _stages.DisposeAsync();
        _cascade.Dispose();
    }

    [Fact]
    public async Task Upload_costs_a_read_of_the_image_and_a_write_of_its_row()
    {
        await UploadAsync(64, TestImages.Green);

        await Parallel.ForEachAsync(Enumerable.Range(0, 64), Cancellation, async (i, token) => await _stages.Tiny.ProcessAsync(new ImageReference(Name(i)), token));

        AssertCounts(("blob GET", 64), ("table POST", 64));
    }

    [Fact]
    public async Task Escalation_costs_another_read_of_the_image_a_write_of_its_row_and_its_message()
    {
        await UploadAsync(64, TestImages.Unsure);

        await Parallel.ForEachAsync(Enumerable.Range(0, 64), Cancellation, async (i, token) => await _stages.Tiny.ProcessAsync(new ImageReference(Name(i)), token));
        await AnswerAsync();

        // In Azure the messages are Service Bus'. The queue gives 32 at a time.
        AssertCounts(("blob GET", 128), ("queue DELETE", 64), ("queue GET", 3), ("queue POST", 64), ("table POST", 64), ("table PUT", 64));
    }

    [Fact]
    public async Task Job_costs_an_image_one_look_at_its_row_more_than_an_upload_and_a_part_eight_operations()
    {
        await UploadAsync(Images, TestImages.Green);

        await RunAsync(new("first") { Prefix = "a/" });

        // A part: its message put, got and deleted; the job, the part and the counts read, all of them written at once, the job read again.
        // Around them: one page, two messages of the job itself, and at the end one file and the summary.
        AssertCounts(
            ("blob GET", Images), ("blob PUT", 2), ("blob list", 3), ("queue DELETE", Parts + 2), ("queue GET", Parts + 5), ("queue POST", Parts + 2),
            ("table GET", Images + (4 * Parts) + 7), ("table POST", Images + 3), ("table transaction", Parts + 5));
        AssertOverhead();

        // Again, with nothing to do: a look at each row.
        _counter.Counts.Clear();
        await RunAsync(new("second") { Prefix = "a/" });
        Assert.False(_counter.Counts.ContainsKey("blob GET"));
        Assert.Equal((Images + (4 * Parts) + 7, 3), (_counter.Counts["table GET"], _counter.Counts["table POST"]));
    }

    private static string Name(int i) => $"a/{i:D5}.bmp";

    private async Task UploadAsync(int count, byte[] content)
    {
        await _images.EnsureCreatedAsync(Cancellation);
        await _labels.EnsureCreatedAsync(Cancellation);
        await _jobs.EnsureCreatedAsync(Cancellation);
        await _files.EnsureCreatedAsync(Cancellation);
        await _messages.EnsureCreatedAsync(Cancellation);
        await _escalations.EnsureCreatedAsync(Cancellation);
        await Parallel.ForEachAsync(
            Enumerable.Range(0, count), Cancellation, async (i, token) => await _images.UploadAsync(Name(i), new MemoryStream(content), [], token));
        _counter.Counts.Clear();
    }

    // As the triggers do: a message at a time, until both queues are empty.
    private async Task RunAsync(JobRequest request)
    {
        IOptions<PipelineOptions> options = Options.Create(new PipelineOptions());
        Patience patience = FakeTime.Patience(TimeProvider.System, TimeSpan.Zero);
        var driver = new JobDriver(
            _jobs, _messages, new(_jobs, _messages, _images, _files, TimeProvider.System),
            new(_jobs, _files, _images, _labels, _stages.Cascades, options, TimeProvider.System), patience, TimeProvider.System, NullLogger<JobDriver>.Instance);
        var worker = new ChunkWorker(_jobs, _messages, _images, _labels, _stages.Tiny, _stages.Cascades, patience, options, NullLogger<ChunkWorker>.Instance);
        await new JobDesk(_jobs, _messages, TimeProvider.System).SubmitAsync(request, Cancellation);
        while (await TakeAsync(_messages.Jobs, m => driver.ReceiveAsync(m.Text, Cancellation)))
        {
            while (await TakeAsync(_messages.Chunks, m => worker.ReceiveAsync(m.Text, m.DeliveryCount, Cancellation)))
            {
                // The next.
            }
        }
    }

    private static async Task<bool> TakeAsync(LockedQueue queue, Func<LockedMessage, Task> work)
    {
        if (await queue.ReceiveAsync(1, Cancellation) is not [var message])
            return false;

        await work(message);
        return await message.CompleteAsync(Cancellation);
    }

    private async Task AnswerAsync()
    {
        IReadOnlyList<IEscalationMessage> messages = await _escalations.ReceiveAsync(1_000, Cancellation);
        await _stages.Large.ProcessAsync(
            [.. messages.Select(m => EscalationJson.Read(m.Body))], (i, _) => messages[i].SettleAsync(Settlement.Complete, Cancellation), Cancellation);
    }

    private void AssertCounts(params (string Operation, int Count)[] expected) => Assert.Equal(
        expected.OrderBy(e => e.Operation, StringComparer.Ordinal), _counter.Counts.Select(c => (c.Key, c.Value)).OrderBy(c => c.Key, StringComparer.Ordinal));

    // What the docs and the cost model say of it, and that it is at most a third of what a trigger asks of storage to tell of an image.
    private void AssertOverhead()
    {
        double Share(params string[] operations) => operations.Sum(o => _counter.Counts[o]) / (double)Images;
        var counted = new AnnouncementCost(
            QueueOperations: Share("queue POST", "queue GET", "queue DELETE"), BlobReads: 0, BlobWrites: Share("blob PUT", "blob list"),
            TableOperations: Share("table GET", "table transaction", "table POST") - 1, Events: 0, Executions: (Parts + 2) / (double)Images);

        // So few images pay more for what a job does once: some five cents a million.
        Assert.InRange(counted.PerMillion(Prices.Default) - AnnouncementCost.OfJob.PerMillion(Prices.Default), -0.001, 0.055);
        Assert.True(3 * AnnouncementCost.OfJob.PerMillion(Prices.Default) < AnnouncementCost.OfUpload.PerMillion(Prices.Default));
        Assert.True(3 * counted.Operations < AnnouncementCost.OfUpload.Operations);
    }

    private sealed class RequestCounter(AzuritePorts ports) : HttpPipelineSynchronousPolicy
    {
        public ConcurrentDictionary<string, int> Counts { get; } = new();

        public override void OnSendingRequest(HttpMessage message)
        {
            RequestUriBuilder uri = message.Request.Uri;
            string service = uri.Port == ports.Table ? "table" : uri.Port == ports.Queue ? "queue" : "blob";
            string kind = uri.Query.Contains("comp=list", StringComparison.Ordinal) ? "list" : uri.Path.EndsWith("$batch", StringComparison.Ordinal) ? "transaction" : message.Request.Method.Method;
            Counts.AddOrUpdate($"{service} {kind}", 1, (_, n) => n + 1);
        }
    }
}
