using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TinySaver.Core.Escalations;
using TinySaver.Pipeline;
using TinySaver.Pipeline.Cascades;
using TinySaver.Pipeline.Escalations;
using TinySaver.Pipeline.FunctionApps;
using TinySaver.Pipeline.Images;

namespace TinySaver.WarmUp;

/// <summary>What one fresh process spent.</summary>
/// <param name="ReadyMilliseconds">From the start of the process until its models were loaded and warmed up.</param>
/// <param name="FirstMilliseconds">Until its first image had its row.</param>
/// <param name="ReadyCpu">CPU seconds until it was ready.</param>
/// <param name="Cpu">CPU seconds from then on, by the number of images done.</param>
/// <param name="Seconds">Wall clock from ready to the last image.</param>
/// <param name="P95Milliseconds">What 95 of 100 images took at most, from being taken up to being done; of a batch, all of it.</param>
/// <param name="PeakMegabytes">The highest resident memory.</param>
internal sealed record Spent(
    double ReadyMilliseconds, double FirstMilliseconds, double ReadyCpu, SortedDictionary<int, double> Cpu, double Seconds, double P95Milliseconds, double PeakMegabytes);

/// <summary>Hosts a stage as its function app does, on an Azurite, and works on images as its trigger gives them.</summary>
internal static class Worker
{
    public static readonly int[] Marks = [1, 100, 400, 800, 2_000, 5_000, 10_000];

    // What the Functions host gives the large app at once: host.json, maxMessageBatchSize.
    private const int BatchSize = 64;

    /// <summary>The name of the image of a number, as <see cref="Comparison"/> has uploaded it.</summary>
    public static string Name(int i) => $"load/{i:D6}.jpg";

    public static async Task<int> RunAsync(string stage, int inFlight, int count)
    {
        using var self = Process.GetCurrentProcess();
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        if (stage == "tiny")
            builder.Services.AddTinyFunctionApp(builder.Configuration, _ => { }).AddStorageEscalations();
        else
            builder.Services.AddLargeFunctionApp(builder.Configuration, _ => { });

        using IHost host = builder.Build();
        await host.StartAsync();
        using (CascadeLease lease = await host.Services.GetRequiredService<CascadeHost>().RentAsync(CancellationToken.None))
        {
            // The models are there; what the app warms up beside them is its own affair.
        }

        var book = new Book(self, count);
        if (stage == "tiny")
            await LabelAsync(host.Services.GetRequiredService<ImageReceiver>(), inFlight, count, book);
        else
            await AnswerAsync(host.Services.GetRequiredService<EscalationReceiver>(), host.Services.GetRequiredService<IImageStore>(), inFlight, count, book);

        Console.WriteLine(JsonSerializer.Serialize(book.Close()));
        await host.StopAsync();
        return 0;
    }

    private static Task LabelAsync(ImageReceiver receiver, int inFlight, int count, Book book) => Parallel.ForEachAsync(
        Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = inFlight }, async (i, token) =>
        {
            long start = Stopwatch.GetTimestamp();
            await receiver.ReceiveAsync(Name(i), token);
            book.Done(Stopwatch.GetElapsedTime(start));
        });

    private static Task AnswerAsync(EscalationReceiver receiver, IImageStore images, int inFlight, int count, Book book) => Parallel.ForEachAsync(
        Enumerable.Range(0, count).Chunk(BatchSize), new ParallelOptions { MaxDegreeOfParallelism = inFlight }, async (batch, token) =>
        {
            long start = Stopwatch.GetTimestamp();
            IEscalationMessage[] messages = await Task.WhenAll(batch.Select(async i => await Message.OfAsync(images, Name(i), token)));
            await receiver.ReceiveAsync(messages, _ => book.Done(Stopwatch.GetElapsedTime(start)), token);
        });

    private sealed class Book(Process self, int count)
    {
        private readonly SortedDictionary<int, double> _cpu = [];
        private readonly double[] _milliseconds = new double[count];
        private readonly double _readyMilliseconds = SinceStart(self);
        private readonly double _readyCpu = self.TotalProcessorTime.TotalSeconds;
        private readonly long _ready = Stopwatch.GetTimestamp();
        private double _firstMilliseconds;
        private double _peak;
        private int _done;

        public void Done(TimeSpan elapsed)
        {
            int done = Interlocked.Increment(ref _done);
            _milliseconds[done - 1] = elapsed.TotalMilliseconds;
            if (done == 1)
                _firstMilliseconds = SinceStart(self);
            if (Array.IndexOf(Marks, done) < 0 && done != count)
                return;

            lock (_cpu)
            {
                self.Refresh();
                _cpu[done] = self.TotalProcessorTime.TotalSeconds - _readyCpu;
                _peak = self.PeakWorkingSet64 / 1e6;
            }
        }

        public Spent Close()
        {
            double seconds = Stopwatch.GetElapsedTime(_ready).TotalSeconds;
            Array.Sort(_milliseconds);
            return new(_readyMilliseconds, _firstMilliseconds, _readyCpu, _cpu, seconds, _milliseconds[(int)(0.95 * (count - 1))], _peak);
        }

        private static double SinceStart(Process self) => (DateTime.Now - self.StartTime).TotalMilliseconds;
    }

    // As Service Bus hands it over; settling it costs nothing here, and a request of Service Bus' there.
    private sealed class Message(byte[] body) : IEscalationMessage
    {
        public ReadOnlyMemory<byte> Body => body;

        public long DeliveryCount => 1;

        public string? DeadLetterReason => null;

        public TimeSpan LockDuration => TimeSpan.FromMinutes(5);

        public static async Task<Message> OfAsync(IImageStore images, string name, CancellationToken cancellationToken)
        {
            Core.Labels.ImageVersion version = (await images.GetVersionAsync(name, cancellationToken))!.Value;
            return new(EscalationJson.Write(new()
            {
                Container = images.Container,
                Name = name,
                ETag = version.ETag,
                LastModified = version.LastModified,
                Policy = "warm-up",
                EnqueuedAt = DateTimeOffset.UtcNow,
            }));
        }

        public Task<bool> RenewLockAsync(CancellationToken cancellationToken) => Task.FromResult(true);

        public Task<bool> SettleAsync(Settlement settlement, CancellationToken cancellationToken) => Task.FromResult(true);
    }
}
