using TinySaver.Cli.Accounts;
using TinySaver.Cli.Images;
using TinySaver.Cli.Output;
using TinySaver.Core.Failures;
using TinySaver.Core.Labels;
using TinySaver.Pipeline.Reviews;

namespace TinySaver.Cli.Predictions;

/// <summary>Reads the labels that people gave in <c>tinysaver view</c>.</summary>
internal static class ReviewTable
{
    private const string Default = "storage";

    /// <summary>Whether a value of <c>--reviews</c> names an account rather than a file.</summary>
    public static bool IsOne(string reviews) => Account(reviews) is var account
        && (account == Default || account.Contains("://", StringComparison.Ordinal) || account.Contains(';', StringComparison.Ordinal) || account.StartsWith("UseDevelopmentStorage=", StringComparison.OrdinalIgnoreCase));

    /// <summary>The labels of a set with those of an account's reviews in their place.</summary>
    /// <param name="terminal">Is told how many there are.</param>
    /// <param name="reviews">The account, and the batch that the set's images were uploaded as where it is not called as their folder: <c>storage#line-4</c>.</param>
    /// <param name="set">The predictions whose images they are about.</param>
    /// <param name="texts">The texts of all classes; null for those that the predictions know.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="TinySaverException">The account cannot be read, none of its reviews is of these images, or one gives a label that is no class.</exception>
    public static async Task<int[]> ReadAsync(Terminal terminal, string reviews, PredictionSet set, IReadOnlyList<string>? texts, CancellationToken cancellationToken)
    {
        string name = Account(reviews);
        await using StorageAccount account = await StorageAccount.OpenAsync(terminal, name == Default ? null : name, DataFolder.Of(null), create: false, cancellationToken);
        string? batch = reviews.Length > name.Length
            ? reviews[(name.Length + 1)..].Trim('/')
            : set.DataRoot is { } root ? Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(root))) : null;
        var images = set.Ids.Index().ToDictionary(i => i.Item, i => i.Index, StringComparer.Ordinal);
        texts ??= set.Texts;
        var truth = new TrueClass(texts);
        int[] labels = [.. set.Labels];
        var batches = new SortedSet<string>(StringComparer.Ordinal);
        int all = 0;
        int used = 0;
        int none = 0;
        await foreach (StoredReview stored in account.Reviews.ListAsync(batch: null, cancellationToken))
        {
            all++;
            Review review = stored.Review;
            string? folder = LabelKeys.Folder(review.Name);
            batches.Add(folder ?? "");
            if (!images.TryGetValue(review.Name, out int image) && (folder is null || folder != batch || !images.TryGetValue(review.Name[(folder.Length + 1)..], out image)))
                continue;

            if (review.ClassIndex is not { } index)
            {
                none++;
                continue;
            }

            // The index is the identity, unless the classes have been put in another order since.
            bool same = index < texts.Count && texts[index].Equals(review.Label, StringComparison.OrdinalIgnoreCase);
            labels[image] = same || texts.Count == 0 ? index : truth.Of(new($"The review of '{review.Name}'", "", review.Label, FromManifest: true))!.Value;
            used++;
        }

        if (used + none == 0)
        {
            throw new TinySaverException(all == 0
                ? $"There are no reviews in {account.Name}; `tinysaver view` is where they are given."
                : $"None of the {all:N0} reviews in {account.Name} is of the {set.Count:N0} images of {set.Source}. They are of the batches {string.Join(", ", batches.Select(b => $"'{b}'"))}: say which one these images are with #BATCH at the end of --reviews, as in 'storage#{batches.Min}'.");
        }

        terminal.Say($"{used:N0} of {all:N0} reviews in {account.Name} label these images{(none > 0 ? $"; {none:N0} more say that the image is none of the classes, and are left out" : "")}.");
        return labels;
    }

    private static string Account(string reviews) => reviews.LastIndexOf('#') is >= 0 and int hash ? reviews[..hash] : reviews;
}
