using System.Diagnostics;
using TinySaver.Cli.Images;
using TinySaver.Core.Failures;
using TinySaver.Core.Labels;
using TinySaver.Inference.Cascades;
using TinySaver.Inference.Imaging;

namespace TinySaver.Cli.Classify;

/// <summary>How a cascade runs over image files.</summary>
/// <param name="Threads">How many images are worked on at once.</param>
/// <param name="LargeBatchSize">How many escalated images a thread gathers before it runs the large model.</param>
/// <param name="LargeOnly">Whether to skip the savers, to measure what the large model alone would do.</param>
internal sealed record CascadeRunOptions(int Threads, int LargeBatchSize, bool LargeOnly = false)
{
    /// <summary>The usual batch of escalated images.</summary>
    public const int DefaultLargeBatchSize = 8;
}

/// <summary>Where the time went, summed over all threads, in <see cref="Stopwatch"/> ticks.</summary>
internal sealed class ClassifyTimes
{
    /// <summary>Reading and decoding.</summary>
    public long Decode;

    /// <summary>Preprocessing and inference of the savers.</summary>
    public long Tiny;

    /// <summary>Preprocessing and inference of the large model.</summary>
    public long Large;

    /// <summary>Adds another thread's times.</summary>
    public void Add(ClassifyTimes other)
    {
        Interlocked.Add(ref Decode, other.Decode);
        Interlocked.Add(ref Tiny, other.Tiny);
        Interlocked.Add(ref Large, other.Large);
    }

    /// <summary>Ticks as seconds.</summary>
    public static double Seconds(long ticks) => ticks / (double)Stopwatch.Frequency;
}

/// <summary>Runs a cascade over image files in this process.</summary>
/// <remarks>
/// Each thread takes whole images: it reads, decodes and asks the savers, keeps the escalated images' inputs, and runs the
/// large model whenever its batch is full. Models run on one thread each, so all cores are busy without hand-overs.
/// </remarks>
internal sealed class CascadeRun(Cascade cascade, IReadOnlyList<ImageFile> images, CascadeRunOptions options)
{
    private readonly ImageOutcome?[] _outcomes = new ImageOutcome?[images.Count];
    private readonly int?[] _trueClasses = TrueClass.OfAll(images, cascade.Labels);
    private int _next = -1;
    private int _done;
    private int _escalated;
    private int _failed;

    /// <summary>Images with an outcome so far.</summary>
    public int Done => Volatile.Read(ref _done);

    /// <summary>Images that a saver passed on so far.</summary>
    public int Escalated => Volatile.Read(ref _escalated);

    /// <summary>Images that failed so far.</summary>
    public int Failed => Volatile.Read(ref _failed);

    /// <summary>Where the time went, summed over all threads.</summary>
    public ClassifyTimes Times { get; } = new();

    /// <summary>Labels the images; ends early, with what is done so far, when cancelled.</summary>
    /// <returns>The outcomes in the order of the images; those never reached are left out.</returns>
    public async Task<IReadOnlyList<ImageOutcome>> RunAsync(CancellationToken cancellationToken)
    {
        Task[] workers = [.. Enumerable.Range(0, Math.Clamp(images.Count, 1, options.Threads))
            .Select(_ => Task.Factory.StartNew(
                () => Work(cancellationToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
        await Task.WhenAll(workers);
        return [.. _outcomes.OfType<ImageOutcome>()];
    }

    private void Work(CancellationToken cancellationToken)
    {
        var times = new ClassifyTimes();
        using var escalations = new EscalationBatch(cascade.Large, options.LargeBatchSize);
        int index;
        while (!cancellationToken.IsCancellationRequested && (index = Interlocked.Increment(ref _next)) < images.Count)
        {
            try
            {
                LabelOne(index, escalations, times);
            }
            catch (PermanentFailureException failure)
            {
                Fail(index, failure);
            }

            if (escalations.IsFull)
                Flush(escalations, times);
        }

        // Also when cancelled: these images have been paid for by now.
        Flush(escalations, times);
        Times.Add(times);
    }

    private void LabelOne(int index, EscalationBatch escalations, ClassifyTimes times)
    {
        long start = Stopwatch.GetTimestamp();
        using DecodedImage image = ImageFileReader.Decode(images[index].FullPath);
        long decoded = Stopwatch.GetTimestamp();
        times.Decode += decoded - start;

        SaverAnswer? answer = options.LargeOnly ? null : cascade.AskSavers(image);
        long asked = Stopwatch.GetTimestamp();
        times.Tiny += asked - decoded;
        if (answer is { Exits: true } exit)
        {
            Finish(index, Row(index, exit).LabelledBy(Decider.Tiny, exit.Answer), exit.Macs);
            return;
        }

        escalations.Add(index, image, answer);
        times.Large += Stopwatch.GetTimestamp() - asked;
        Interlocked.Increment(ref _escalated);
    }

    private void Flush(EscalationBatch escalations, ClassifyTimes times)
    {
        long start = Stopwatch.GetTimestamp();
        foreach ((int index, SaverAnswer? tiny, Prediction? large) in escalations.Run())
        {
            if (large is null)
            {
                Fail(index, cascade.Large.BadOutput());
            }
            else
            {
                Prediction answer = options.LargeOnly ? large : cascade.AnswerEscalated(tiny?.Evidence ?? [], large);
                LabelRow row = Row(index, tiny).WithLarge(large, cascade.Large.ShortHash).LabelledBy(Decider.Large, answer);
                Finish(index, row, (tiny?.Macs ?? 0) + cascade.Large.Macs);
            }
        }

        times.Large += Stopwatch.GetTimestamp() - start;
    }

    private LabelRow Row(int index, SaverAnswer? tiny = null)
    {
        LabelRow row = new(images[index].Path, default, Policy: cascade.PolicyId);
        return tiny is { } answer ? row.WithTiny(answer.Prediction, cascade.Savers[answer.SaverIndex].ShortHash) : row;
    }

    private void Fail(int index, PermanentFailureException failure)
    {
        Interlocked.Increment(ref _failed);
        Finish(index, Row(index).FailedFor(failure.Reason, failure.Message));
    }

    private void Finish(int index, LabelRow row, long macs = 0)
    {
        _outcomes[index] = new(images[index].Path, _trueClasses[index], row, macs);
        Interlocked.Increment(ref _done);
    }
}
