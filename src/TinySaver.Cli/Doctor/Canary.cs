using System.Diagnostics;
using System.Security.Cryptography;
using Azure.Storage.Blobs;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using TinySaver.Cli.Accounts;
using TinySaver.Cli.Images;
using TinySaver.Core.Cascade;
using TinySaver.Core.Failures;
using TinySaver.Core.Labels;
using TinySaver.Core.Names;
using TinySaver.Inference.Cascades;
using TinySaver.Inference.Imaging;
using TinySaver.Pipeline.Cascades;
using TinySaver.Pipeline.Storage;

namespace TinySaver.Cli.Doctor;

/// <summary>Two images that go through the whole pipeline: one that the saver is sure of, and one that the large model has to label.</summary>
/// <param name="deployment">The pipeline.</param>
/// <param name="settings">Which images, and how long they may take.</param>
/// <param name="say">Told each hop as it happens.</param>
internal sealed class Canary(Deployment deployment, CanarySettings settings, Action<string> say)
{
    /// <summary>The batch of the canary's images: nobody else's.</summary>
    public const string Batch = "tinysaver-canary";

    private const int MaxTried = 500;

    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(500);
    // To fetch the policy's savers and to upload.
    private static readonly TimeSpan Preparations = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan CleaningTimeout = TimeSpan.FromSeconds(30);

    private readonly string _folder = $"{Batch}/{Guid.NewGuid():N}";

    private StorageAccount Account => deployment.Account;

    /// <summary>Sends both, follows them, and removes them with their rows.</summary>
    /// <returns>What became of them, one line each.</returns>
    public async Task<IReadOnlyList<DoctorLine>> RunAsync(CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(settings.Patience + Preparations);
        try
        {
            (Bird? sure, Bird? unsure, string policy, string? why) = await ChooseAsync(limit.Token);
            Bird[] birds = [.. new[] { sure, unsure }.OfType<Bird>()];
            if (birds.Length == 0)
                return [Line(Finding.NotHere(why ?? "none of the images is one that the saver can be asked about"), "canary", start)];

            DoctorLine[] flown;
            string? left;
            try
            {
                flown = await Task.WhenAll(birds.Select(b => FlyAsync(b, policy, limit.Token)));
            }
            finally
            {
                left = await RemoveAsync(birds);
            }

            Finding removed = left is null
                ? Finding.Ok($"{birds.Length} images removed, with their rows")
                : Finding.Warning($"not all of '{_folder}' could be removed: {left}", "Remove it by hand; it does no harm.");
            string? missing = sure is null ? "sure" : unsure is null ? "unsure" : null;
            return
            [
                .. flown,
                .. missing is null ? (DoctorLine[])[] : [Line(Finding.Warning($"the saver is {missing} of none of the images", "Name a folder with others: --canary."), $"canary: {missing}", start)],
                Line(removed, "canary: removed", start),
            ];
        }
        catch (InvalidPolicyException error)
        {
            return [Line(Finding.Broken(error.Message, "Publish a policy that the apps can use, `tinysaver policy publish`, or go back to one: `tinysaver policy rollback`."), "canary", start)];
        }
        catch (TinySaverException error)
        {
            return [Line(Finding.Warning(error.Message, "Name a folder of images with --canary, or leave the canary out with --no-canary."), "canary", start)];
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested && StorageErrors.Explain(error) is { } sentence)
        {
            return [Line(Finding.Broken(sentence, "Then look again."), "canary", start)];
        }
    }

    // Runs the saver here, so that it is known what has to become of each.
    private async Task<(Bird? Sure, Bird? Unsure, string Policy, string? Why)> ChooseAsync(CancellationToken cancellationToken)
    {
        var source = new CascadeSourceOptions { Savers = true };
        ICascadeFiles files = await deployment.PolicyAsync(cancellationToken) is null
            ? new FolderCascadeFiles(CommonOptions.FindPolicy(settings.PolicyPath))
            : new BlobCascadeFiles(Account.Models, source.PolicyBlob, source.CacheFolder, NullLogger<BlobCascadeFiles>.Instance);
        await using var host = new CascadeHost(files, Options.Create(source), TimeProvider.System, NullLogger<CascadeHost>.Instance);
        using CascadeLease lease = await host.RentAsync(cancellationToken);
        Cascade cascade = lease.Cascade;
        if ((settings.Images ?? SampleImages(cascade)) is not { } folder)
            return (null, null, cascade.PolicyId, "the policy's labels are not those of the sample images; name a folder of images with --canary");

        Bird? sure = null, unsure = null;
        foreach (ImageFile file in (await ImageFinder.FindAsync([folder], cancellationToken)).Take(MaxTried))
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                using DecodedImage image = ImageFileReader.Decode(file.FullPath);
                SaverAnswer? answer = cascade.AskSavers(image);
                if (answer is { Exits: true })
                    sure ??= new("sure", file.FullPath, $"{_folder}/sure{Path.GetExtension(file.FullPath)}", answer.Value.Prediction.Label);
                else
                    unsure ??= new("unsure", file.FullPath, $"{_folder}/unsure{Path.GetExtension(file.FullPath)}", answer?.Prediction.Label);
            }
            catch (PermanentFailureException)
            {
                // Another one will do.
            }

            if (sure is not null && unsure is not null)
                break;
        }

        return (sure, unsure, cascade.PolicyId, null);
    }

    private static string? SampleImages(Cascade cascade)
    {
        string? root = Repository.Above(Directory.GetCurrentDirectory()) ?? Repository.Above(AppContext.BaseDirectory);
        string folder = Path.Combine(root ?? "", "samples", "images");
        return root is not null && Directory.Exists(folder) && Directory.EnumerateDirectories(folder).All(d => cascade.Labels.Contains(Path.GetFileName(d)))
            ? folder
            : null;
    }

    private async Task<DoctorLine> FlyAsync(Bird bird, string policy, CancellationToken cancellationToken)
    {
        byte[] content = await File.ReadAllBytesAsync(bird.Path, cancellationToken);
#pragma warning disable CA5351 // Not for security: storage keeps the MD5 of a blob.
        ImageVersion version = await Account.Images.UploadAsync(bird.Name, new MemoryStream(content), MD5.HashData(content), cancellationToken);
#pragma warning restore CA5351
        say($"canary: '{bird.Name}' is uploaded");
        long start = Stopwatch.GetTimestamp();
        TimeSpan? escalated = null;
        while (Stopwatch.GetElapsedTime(start) < settings.Patience)
        {
            if ((await Account.Labels.GetAsync(bird.Name, cancellationToken))?.Row is { } row && row.Version == version)
            {
                if (row.Status != LabelStatus.Escalated)
                    return Line(Judge(bird, row, policy, escalated, Stopwatch.GetElapsedTime(start)), $"canary: {bird.Kind}", start);

                if (escalated is null)
                {
                    escalated = Stopwatch.GetElapsedTime(start);
                    say($"canary: '{bird.Name}' is escalated after {Seconds(escalated.Value)}");
                }
            }

            await Task.Delay(LookInterval < settings.Patience ? LookInterval : settings.Patience, cancellationToken);
        }

        return Line(
            escalated is { } at
                ? Finding.Broken(
                    $"escalated after {Seconds(at)}, and without a label {Seconds(settings.Patience)} after its upload",
                    "The large app does not work: what is broken from 'escalations' on says why. A GPU may take longer to start: --wait.")
                : Finding.Broken(
                    $"without a row {Seconds(settings.Patience)} after its upload",
                    deployment.IsInAzure ? "The tiny app does not hear of uploads or fails on them: what is broken up to 'event delivery' says why." : "Is `tinysaver run --watch` running on this account?"),
            $"canary: {bird.Kind}",
            start);
    }

    private static Finding Judge(Bird bird, LabelRow row, string policy, TimeSpan? escalated, TimeSpan after)
    {
        string hops = $"uploaded, {(escalated is { } at ? $"escalated after {Seconds(at)}, " : "")}";
        if (row.Status == LabelStatus.Failed)
            return Finding.Broken($"{hops}failed after {Seconds(after)} ({row.Reason?.Name()}): {row.ReasonDetail}", "The reason says what to mend; `tinysaver status` shows whether others fail too.");

        string labelled = $"{hops}labelled '{row.Label}' by {row.DecidedBy?.Name()} after {Seconds(after)}";
        if (row.Policy != policy)
            return Finding.Warning($"{labelled}, by the policy {row.Policy} and not {policy}", "The app changes over within a minute; where it does not, its log says why.");

        return row.TinyLabel == bird.TinyLabel && (row.DecidedBy == Decider.Tiny) == (bird.Kind == "sure")
            ? Finding.Ok($"{labelled}, as the saver here foretold")
            : Finding.Warning($"{labelled}, but the saver here says '{bird.TinyLabel}' and is {bird.Kind}", "The app runs another version than this one, or accepts labels under overload (TINYSAVER_MAX_BACKLOG).");
    }

    // Also when it was stopped: they are nobody's images. What cannot be removed keeps nothing else.
    private async Task<string?> RemoveAsync(IEnumerable<Bird> birds)
    {
        using var timeout = new CancellationTokenSource(CleaningTimeout);
        BlobContainerClient images = Account.Clients.Blobs.GetBlobContainerClient(Account.Options.ImagesContainer);
        var left = new List<string>();
        foreach (Bird bird in birds)
        {
            await TryAsync(() => images.DeleteBlobIfExistsAsync(bird.Name, cancellationToken: timeout.Token));
            await TryAsync(async () =>
            {
                if (await Account.Labels.GetAsync(bird.Name, timeout.Token) is { } row && !await Account.Labels.TryDeleteAsync(bird.Name, row.RowTag, timeout.Token))
                    left.Add($"the row of '{bird.Name}' was written meanwhile");
            });
        }

        return left.Count == 0 ? null : string.Join("; ", left);

        async Task TryAsync(Func<Task> remove)
        {
            try
            {
                await remove();
            }
            catch (Exception error) when (StorageErrors.Explain(error) is { } sentence)
            {
                left.Add(sentence);
            }
        }
    }

    private static DoctorLine Line(Finding finding, string name, long start) =>
        new(name, finding.Verdict, finding.Seen, finding.ToDo, Stopwatch.GetElapsedTime(start).TotalSeconds);

    private static string Seconds(TimeSpan time) => FormattableString.Invariant($"{time.TotalSeconds:0.#} s");

    private sealed record Bird(string Kind, string Path, string Name, string? TinyLabel);
}

/// <summary>How the canary flies.</summary>
/// <param name="Images">A folder of images to choose from; null for the sample images, where the policy has their labels.</param>
/// <param name="PolicyPath">The policy where the account has none; null for the first that is found.</param>
/// <param name="Patience">How long an image may take from its upload to its label.</param>
internal sealed record CanarySettings(string? Images, string? PolicyPath, TimeSpan Patience);
