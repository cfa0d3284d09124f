using System.Diagnostics;
using System.Globalization;
using System.Text;
using TinySaver.Cli.Images;
using TinySaver.Core.Confidence;
using TinySaver.Core.Failures;
using TinySaver.Core.Pooling;
using TinySaver.Inference.Classification;
using TinySaver.Inference.Compute;
using TinySaver.Inference.Imaging;
using TinySaver.Inference.Models;

namespace TinySaver.Cli.Predictions;

/// <summary>Records one model's predictions for image files, on several threads.</summary>
/// <remarks>The images' paths are their ids; a true class is null where unknown.</remarks>
internal sealed class PredictRun(
    ModelFolder folder, OnnxClassifier classifier, IReadOnlyList<ImageFile> images, IReadOnlyList<int?> trueClasses, PredictOptions options)
{
    private readonly long _macs = ComputeCostCounter.Count(folder).Macs;
    private int _next = -1;
    private int _done;

    /// <summary>Images recorded or skipped so far.</summary>
    public int Done => Volatile.Read(ref _done);

    /// <summary>Predicts every image; ends early when cancelled.</summary>
    /// <param name="record">Called for each prediction, by several threads at once, in no particular order.</param>
    /// <param name="skip">Called for each image that cannot be read.</param>
    /// <param name="cancellationToken">Ends the run after the images in work.</param>
    public async Task RunAsync(Action<int, PredictionRow> record, Action<int, PermanentFailureException> skip, CancellationToken cancellationToken) =>
        await Task.WhenAll(Enumerable.Range(0, Math.Clamp(images.Count, 1, options.Threads)).Select(_ => Task.Factory.StartNew(
            () => Work(record, skip, cancellationToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

    private void Work(Action<int, PredictionRow> record, Action<int, PermanentFailureException> skip, CancellationToken cancellationToken)
    {
        using ImageBatch batch = classifier.RentBatch(1);
        float[] scores = new float[classifier.ClassCount];
        float[] probabilities = new float[classifier.ClassCount];
        int index;
        while (!cancellationToken.IsCancellationRequested && (index = Interlocked.Increment(ref _next)) < images.Count)
        {
            try
            {
                using DecodedImage image = ImageFileReader.Decode(images[index].FullPath, out string contentHash);
                long start = Stopwatch.GetTimestamp();
                ImagePreprocessor.Write(image, classifier.Preprocessing, batch[0]);
                classifier.Run(batch, 1, scores);
                double milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                record(index, Row(index, scores, probabilities, (float)milliseconds, contentHash));
            }
            catch (PermanentFailureException failure)
            {
                skip(index, failure);
            }

            Interlocked.Increment(ref _done);
        }
    }

    private PredictionRow Row(int index, float[] scores, float[] probabilities, float milliseconds, string contentHash)
    {
        try
        {
            Probabilities.From(scores, classifier.ScoreKind, 1, probabilities);
        }
        catch (ArithmeticException error)
        {
            throw new PermanentFailureException(FailureReason.BadModelOutput, error.Message, error);
        }

        int[] top = [.. Enumerable.Range(0, probabilities.Length).OrderByDescending(i => probabilities[i]).Take(Evidence.MostClasses)];
        int? truth = trueClasses[index];
        return new()
        {
            Id = images[index].Path,
            LabelIndex = truth,
            Label = truth is { } t ? classifier.Labels[t] : null,
            ClassIndex = top[0],
            Class = classifier.Labels[top[0]],
            Confidences = [.. ConfidenceMeasures.All.Select(measure => (float?)ConfidenceMeasures.Of(probabilities, measure))],
            TopK = string.Join(' ', top.Select(i => string.Create(CultureInfo.InvariantCulture, $"{i}:{probabilities[i]:G9}"))),
            Classes = probabilities.Length,
            Logits = options.Logits ? Join(Logits(scores)) : null,
            Milliseconds = milliseconds,
            ContentHash = contentHash,
            Macs = _macs,
            Model = folder.Path,
            ModelHash = folder.ContentHash,
        };
    }

    // A model that answers with probabilities has their logarithms as logits, up to a constant that the softmax drops.
    private float[] Logits(float[] scores) => classifier.ScoreKind == ScoreKind.Logits
        ? scores
        : [.. scores.Select(p => MathF.Log(MathF.Max(p, 1.17549435e-38f)))];

    private static string Join(float[] values)
    {
        var text = new StringBuilder(values.Length * 10);
        foreach (float value in values)
        {
            // Nine digits bring every float back exactly.
            text.Append(text.Length == 0 ? "" : " ").Append(CultureInfo.InvariantCulture, $"{value:G9}");
        }

        return text.ToString();
    }
}

/// <summary>What a model's predictions record and how they are made.</summary>
/// <param name="Logits">Whether to record all logits, which fitting a temperature needs.</param>
/// <param name="Threads">How many images are worked on at once.</param>
/// <param name="Provider">Where the model runs.</param>
internal sealed record PredictOptions(bool Logits, int Threads, ExecutionProvider Provider);
