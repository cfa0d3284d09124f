using Microsoft.Extensions.Logging.Abstractions;
using TinySaver.Calibration.Watch;
using TinySaver.Cli.Accounts;
using TinySaver.Cli.Output;
using TinySaver.Cli.Predictions;
using TinySaver.Cli.Search;
using TinySaver.Core.Audits;
using TinySaver.Core.Cascade;
using TinySaver.Core.Confidence;
using TinySaver.Core.Failures;
using TinySaver.Core.Labels;
using TinySaver.Inference.Cascades;
using TinySaver.Pipeline.Cascades;
using TinySaver.Pipeline.Reviews;
using TinySaver.Pipeline.Storage;

namespace TinySaver.Cli.Recalibrate;

/// <summary>What a recalibration rests on.</summary>
/// <param name="Policy">The present policy, its models on this machine.</param>
/// <param name="Problem">The predictions of all models on the audits.</param>
/// <param name="From">When the first audit was.</param>
/// <param name="To">When the last was.</param>
/// <param name="LeftOut">Audits that could not be used: of other models, or of images that are gone and that a candidate would have to see.</param>
internal sealed record AuditProblem(CascadePolicy Policy, SearchProblem Problem, DateTimeOffset From, DateTimeOffset To, int LeftOut)
{
    /// <summary>The policy that the account's apps use, its models fetched where they are not here; or that of a file where the account has none.</summary>
    public static async Task<(CascadePolicy Policy, string Path)> PolicyAsync(StorageAccount account, string? named, CancellationToken cancellationToken)
    {
        if (named is null && (await account.Policies.ReadPointerAsync(cancellationToken) is not null || await account.Policies.ReadAsync(account.Policies.UnpublishedBlob, cancellationToken) is not null))
        {
            var files = new BlobCascadeFiles(account.Models, new CascadeSourceOptions().PolicyBlob, new CascadeSourceOptions().CacheFolder, NullLogger<BlobCascadeFiles>.Instance);
            return await files.FetchModelsAsync((await files.ReadPolicyAsync(knownTag: null, cancellationToken))!.Policy, savers: true, large: true, cancellationToken);
        }

        string path = CommonOptions.FindPolicy(named);
        return (CascadeLoader.ReadPolicy(path), path);
    }

    /// <summary>Reads the audits since a time, each image version once; where no time is given, since the change that the watch has found, or else since it was begun anew, or else all.</summary>
    public static async Task<IReadOnlyList<AuditRow>> AuditsAsync(StorageAccount account, string policy, DateTimeOffset? since, CancellationToken cancellationToken)
    {
        since ??= await account.Watches.GetAsync(policy, cancellationToken) switch
        {
            { Report: { State: GuaranteeState.Broken or GuaranteeState.AtRisk, Counts: { ChangeAt: { } change, ChangeScore: > 0 } } } => change,
            { Restarts: [.., { At: var at }] } => at,
            _ => null,
        };
        var seen = new HashSet<UInt128>();
        var audits = new List<AuditRow>();
        await foreach (AuditRow audit in account.Audits.ReadAsync(policy, since ?? DateTimeOffset.MinValue, DateTimeOffset.MaxValue, evidence: true, cancellationToken))
        {
            if (seen.Add(audit.Version.KeyOf(audit.Name)))
                audits.Add(audit);
        }

        return audits;
    }

    /// <summary>Makes the problem of some audits.</summary>
    /// <param name="terminal">Shows what is downloaded and predicted.</param>
    /// <param name="account">The account.</param>
    /// <param name="policy">The present policy and its file.</param>
    /// <param name="audits">The audits.</param>
    /// <param name="candidates">Model folders of further savers.</param>
    /// <param name="reviewed">Whether people's reviews count as labels.</param>
    /// <param name="options">How to predict.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="TinySaverException">There are no audits, or a model cannot be used.</exception>
    public static async Task<AuditProblem> OfAsync(
        Terminal terminal, StorageAccount account, (CascadePolicy Policy, string Path) policy, IReadOnlyList<AuditRow> audits, IReadOnlyList<string> candidates, bool reviewed,
        PredictionSourceOptions options, CancellationToken cancellationToken)
    {
        (CascadePolicy present, string path) = policy;
        var large = PredictionSource.Of(CascadeLoader.OpenModel(present.Large, "large", path));
        PredictionSource[] own = [.. present.Savers.Select((s, i) => PredictionSource.Of(CascadeLoader.OpenModel(s.Model, $"savers[{i}].model", path)))];
        PredictionSource[] others = [.. candidates.Select(PredictionSource.Parse).Where(c => !own.Append(large).Any(m => m.Folder!.ContentHash == c.Folder?.ContentHash))];
        if (Array.Find(others, c => c.Folder is null) is { } recorded)
            throw new TinySaverException($"'{recorded.Recorded}' is a predictions file; --candidate takes a model folder, which predicts the audited images.");
        if (own.Concat(others).GroupBy(s => s.Name, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } repeated)
            throw new TinySaverException($"Two savers are called '{repeated.Key}'; give the candidate its own name, as in --candidate {repeated.Key}-2=PATH.");

        List<AuditRow> used = [.. audits.Where(a => AuditSet.IsWhole(a, present))];
        bool fetches = others.Length > 0 || Sets(used).Contains(null);
        string folder = Path.Combine(options.CacheFolder, "audits", present.Id);
        if (fetches && used.Count > 0)
            used = [.. await AuditImages.FetchAsync(terminal, account, used, folder, cancellationToken)];

        if (used.Count < 2)
            throw new TinySaverException($"{account.Name} has {used.Count} audits of the policy {present.Id} that can be used; set TinySaver__Pipeline__AuditShare and wait, or choose an earlier --since.");

        int[] labels = reviewed ? await LabelsAsync(account, used, cancellationToken) : [.. used.Select(_ => -1)];
        PredictionSet?[] known = Sets(used);
        PredictionSet first = known[^1]! with { Labels = labels };
        var savers = new List<PredictionSet>();
        for (int i = 0; i < own.Length; i++)
            savers.Add((known[i] ?? await AuditImages.PredictAsync(terminal, own[i], folder, first, large, options with { Logits = true }, cancellationToken)) with { Labels = labels });

        foreach (PredictionSource other in others)
            savers.Add((await AuditImages.PredictAsync(terminal, other, folder, first, large, options, cancellationToken)) with { Labels = labels });

        return new(present, new SearchProblem([large, .. own, .. others], first, savers), used[0].At, used[^1].At, audits.Count - used.Count);

        PredictionSet?[] Sets(List<AuditRow> rows)
        {
            var set = new AuditSet(rows, large.Folder!.Labels);
            return [.. own.Select((s, i) => set.Of(i, s.Folder!, present.Savers[i].Temperature, present.Savers[i].Measure)), set.Of(own.Length, large.Folder!, 1, ConfidenceMeasure.MaxProbability)];
        }
    }

    // A review of another version is of another image.
    private static async Task<int[]> LabelsAsync(StorageAccount account, List<AuditRow> audits, CancellationToken cancellationToken)
    {
        var reviews = new Dictionary<UInt128, int>();
        await foreach (StoredReview stored in account.Reviews.ListAsync(batch: null, cancellationToken))
        {
            if (stored.Review is { ClassIndex: { } index, Name: var name, ImageETag: var etag })
                reviews[new ImageVersion(default, etag).KeyOf(name)] = index;
        }

        return [.. audits.Select(a => reviews.GetValueOrDefault(a.Version.KeyOf(a.Name), -1))];
    }
}
