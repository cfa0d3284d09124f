using System.Collections.Concurrent;
using TinySaver.Cli.Images;
using TinySaver.Cli.Output;
using TinySaver.Core.Failures;
using TinySaver.Core.Names;
using TinySaver.Inference.Classification;
using TinySaver.Inference.Models;

namespace TinySaver.Cli.Predictions;

/// <summary>Records a model's predictions for a data set into a file, going on where an interrupted run stopped.</summary>
internal static class PredictionRecorder
{
    /// <summary>What a recording came to.</summary>
    /// <param name="Recorded">Rows in the file; those of earlier runs included.</param>
    /// <param name="Resumed">Of those, rows that an interrupted run had made.</param>
    /// <param name="Skipped">Images that could not be predicted.</param>
    /// <param name="Finished">Whether the file is whole; false after Ctrl-C.</param>
    public sealed record Outcome(int Recorded, int Resumed, IReadOnlyList<SkippedImage> Skipped, bool Finished);

    /// <summary>Records the images of a data set; what is done when it is stopped is kept for the next run.</summary>
    /// <remarks>The journal stays where the next run is to try again, alone, the images that could not be predicted.</remarks>
    /// <exception cref="TinySaverException">The model or the data set cannot be used, or no image can.</exception>
    public static async Task<Outcome> RecordAsync(
        Terminal terminal,
        ModelFolder folder,
        string data,
        IReadOnlyList<ImageFile> images,
        string path,
        PredictOptions options,
        bool triesSkippedAgain,
        CancellationToken cancellationToken)
    {
        IReadOnlyList<int?> trueClasses = DataSet.TrueClasses(data, images, folder.Labels.Texts);
        using var classifier = OnnxClassifier.Load(folder, new() { ExecutionProvider = options.Provider });
        using var journal = PredictionJournal.Open(path, folder.ContentHash, options.Logits);
        int[] waiting = [.. Enumerable.Range(0, images.Count).Where(i => !journal.Earlier.ContainsKey(images[i].Path))];
        int resumed = images.Count - waiting.Length;
        if (resumed > 0)
            terminal.Say($"{folder.Name}: {resumed:N0} of {images.Count:N0} images are predicted already");

        var run = new PredictRun(folder, classifier, [.. waiting.Select(i => images[i])], [.. waiting.Select(i => trueClasses[i])], options);
        var rows = new PredictionRow?[images.Count];
        for (int i = 0; i < rows.Length; i++)
        {
            // The truth may have been corrected since.
            if (journal.Earlier.TryGetValue(images[i].Path, out PredictionRow? earlier))
                rows[i] = earlier with { LabelIndex = trueClasses[i], Label = trueClasses[i] is { } truth ? folder.Labels.Texts[truth] : null };
        }

        var skipped = new ConcurrentBag<SkippedImage>();
        Task work = run.RunAsync(
            (index, row) =>
            {
                rows[waiting[index]] = row;
                journal.Add(row);
            },
            (index, failure) => skipped.Add(new(images[waiting[index]].Path, failure.Reason.Name(), failure.Message)),
            cancellationToken);
        await ProgressReporter.ShowAsync(
            terminal, $"Predicting with {folder.Name}", waiting.Length, () => run.Done, () => skipped.IsEmpty ? "" : $"{skipped.Count:N0} skipped", work);

        PredictionRow[] made = [.. rows.OfType<PredictionRow>()];
        SkippedImage[] left = [.. skipped.OrderBy(s => s.Id, StringComparer.Ordinal)];
        if (cancellationToken.IsCancellationRequested)
            return new(made.Length, resumed, left, Finished: false);

        if (made.Length == 0)
            throw new TinySaverException($"'{data}': not one of {images.Count} images could be predicted; the first: {left[0].Id}: {left[0].Message}");

        await PredictionFile.WriteAsync(path, made);
        if (skipped.IsEmpty || !triesSkippedAgain)
            journal.Delete();

        return new(made.Length, resumed, left, Finished: true);
    }
}

/// <summary>An image that could not be predicted.</summary>
/// <param name="Id">The image's id.</param>
/// <param name="Reason">The reason's name.</param>
/// <param name="Message">What was found, for people.</param>
internal sealed record SkippedImage(string Id, string Reason, string Message);
