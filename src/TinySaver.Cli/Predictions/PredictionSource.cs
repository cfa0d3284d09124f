using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using TinySaver.Cli.Images;
using TinySaver.Cli.Output;
using TinySaver.Cli.Tables;
using TinySaver.Core.Failures;
using TinySaver.Inference.Classification;
using TinySaver.Inference.Models;

namespace TinySaver.Cli.Predictions;

/// <summary>Where a model's predictions come from: a model folder, which predicts as needed, or a predictions file.</summary>
/// <param name="Name">The model's name in output.</param>
/// <param name="Folder">The model folder; null for recorded predictions.</param>
/// <param name="Recorded">The predictions file; null for a model folder.</param>
internal sealed record PredictionSource(string Name, ModelFolder? Folder, string? Recorded)
{
    /// <summary>Reads an option: a model folder or a predictions file, with a name of one's own as <c>name=path</c>.</summary>
    /// <exception cref="TinySaverException">The path is neither.</exception>
    public static PredictionSource Parse(string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        bool named = equals > 0 && !File.Exists(text) && !Directory.Exists(text);
        string path = named ? text[(equals + 1)..] : text;
        string? name = named ? text[..equals] : null;
        if (Directory.Exists(path))
        {
            var folder = ModelFolder.Open(path);
            return new(name ?? folder.Name, folder, null);
        }

        return TableFile.IsTable(path) && File.Exists(path)
            ? new(name ?? Path.GetFileNameWithoutExtension(path), null, path)
            : throw new TinySaverException($"'{path}' is neither a model folder nor a predictions file (.parquet, .csv).");
    }

    /// <summary>The source of a model folder that is open already.</summary>
    public static PredictionSource Of(ModelFolder folder) => new(folder.Name, folder, null);

    /// <summary>The predictions of a large model, whose source is the first, and its savers, in its order of images and classes; each set is checked before it is put in order.</summary>
    /// <exception cref="TinySaverException">A source cannot be used, or the models do not cover the same images and classes.</exception>
    public static async Task<(PredictionSet Large, PredictionSet[] Savers)> LoadAllAsync(
        Terminal terminal,
        IReadOnlyList<PredictionSource> sources,
        string? data,
        PredictionSourceOptions options,
        CancellationToken cancellationToken,
        Action<PredictionSet, int>? check = null)
    {
        var sets = new PredictionSet[sources.Count];
        for (int i = 0; i < sets.Length; i++)
        {
            PredictionSet set = await sources[i].LoadAsync(terminal, data, options, cancellationToken);
            check?.Invoke(set, i);
            sets[i] = i == 0 ? set : PredictionAlignment.Align(set, sources[i].Folder, sets[0], sources[0].Folder);
        }

        if (options.Reviews is { } reviews)
        {
            IReadOnlyList<string>? texts = sources[0].Folder?.Labels.Texts;
            int[] labels = ReviewTable.IsOne(reviews)
                ? await ReviewTable.ReadAsync(terminal, reviews, sets[0], texts, cancellationToken)
                : await ReviewFile.ReadAsync(reviews, sets[0], texts, cancellationToken);
            sets = [.. sets.Select(s => s with { Labels = labels })];
        }

        return (sets[0], sets[1..]);
    }

    /// <summary>The predictions for a data set: predicted now, read from the cache of an earlier run, or read from the file that was named, which needs no data set.</summary>
    /// <exception cref="TinySaverException">There is no data set to predict on, or the file or the data set cannot be used.</exception>
    public async Task<PredictionSet> LoadAsync(Terminal terminal, string? data, PredictionSourceOptions options, CancellationToken cancellationToken)
    {
        if (Folder is null)
            return await PredictionFile.ReadAsync(Recorded!, Name, cancellationToken);

        if (data is null)
            throw new TinySaverException($"'{Folder.Path}' is a model, so there must be images to predict: name a data set with --data.");

        IReadOnlyList<ImageFile> images = await DataSet.ReadAsync(data, cancellationToken);
        // Logits of many classes fill the cache; a temperature is fitted where they are few, or where they were asked for.
        bool logits = options.Logits ?? Folder.Labels.Count <= PredictionSourceOptions.MostClassesWithLogits;
        string path = Path.Combine(options.CacheFolder, $"{Folder.ShortHash}-{Fingerprint(images)}{(logits ? "-logits" : "-likeliest")}.parquet");
        Directory.CreateDirectory(options.CacheFolder);
        if (!File.Exists(path) || PredictionJournal.Exists(path))
        {
            PredictionRecorder.Outcome outcome = await PredictionRecorder.RecordAsync(
                terminal, Folder, data, images, path, new(logits, options.Threads, options.Provider), triesSkippedAgain: true, cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            foreach (SkippedImage skipped in outcome.Skipped)
                terminal.Warn($"{Name}: left out {skipped.Id}: {skipped.Message}");
        }
        else
        {
            terminal.Say($"{Name}: {images.Count:N0} predictions of {data} from the cache ({path})");
        }

        PredictionSet set = await PredictionFile.ReadAsync(path, Name, cancellationToken);
        return set with
        {
            Labels = TrueClasses(set, data, images),
            Source = $"{Name} on {data}",
            DataRoot = Directory.Exists(data) ? data : Path.GetDirectoryName(Path.GetFullPath(data)),
        };
    }

    // What the data set says today: labels are no part of what a model predicts.
    private int[] TrueClasses(PredictionSet set, string data, IReadOnlyList<ImageFile> images)
    {
        IReadOnlyList<int?> classes = DataSet.TrueClasses(data, images, Folder!.Labels.Texts);
        var byId = images.Zip(classes).ToDictionary(i => i.First.Path, i => i.Second ?? -1, StringComparer.Ordinal);
        return [.. set.Ids.Select(id => byId[id])];
    }

    // Size and time of change stand for the content: hashing every image would cost more than many a model.
    private static string Fingerprint(IReadOnlyList<ImageFile> images)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string line in images.Select(Line).Order(StringComparer.Ordinal))
            hash.AppendData(Encoding.UTF8.GetBytes(line));

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..12];

        static string Line(ImageFile image)
        {
            FileInfo file = UserFile.Info(image.FullPath);
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{image.Path}\0{image.FullPath}\0{(file.Exists ? file.Length : -1)}\0{(file.Exists ? file.LastWriteTimeUtc.Ticks : 0)}\n");
        }
    }
}

/// <summary>How a <see cref="PredictionSource"/> predicts.</summary>
/// <param name="CacheFolder">The folder of the cached predictions.</param>
/// <param name="Threads">How many images are worked on at once.</param>
/// <param name="Provider">Where models run.</param>
/// <param name="Logits">Whether to record logits; null to decide by the number of classes.</param>
/// <param name="Reviews">A file, or an account, of labels that stand above all others; null for none.</param>
internal sealed record PredictionSourceOptions(string CacheFolder, int Threads, ExecutionProvider Provider, bool? Logits = null, string? Reviews = null)
{
    /// <summary>Up to this many classes logits are recorded without being asked for: 200 floats an image weigh less than its path and top-k.</summary>
    public const int MostClassesWithLogits = 200;

    /// <summary>The default cache: <c>tinysaver/predictions</c> in the user's local application data.</summary>
    public static string DefaultCacheFolder => Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create), "tinysaver", "predictions");
}
