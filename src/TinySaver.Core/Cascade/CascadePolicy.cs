using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using TinySaver.Core.Names;

namespace TinySaver.Core.Cascade;

/// <summary>The cascade policy: which models, which confidence measure, which threshold, and what was measured and guaranteed.</summary>
/// <remarks>Its file is <c>cascade.json</c>; <see cref="CascadePolicyJson"/> reads and writes it.</remarks>
public sealed record CascadePolicy
{
    /// <summary>The newest schema version that this code reads.</summary>
    public const int NewestVersion = 3;

    /// <summary>The schema version: 3 where classes were counted, 2 where the policy pools, else 1, so that earlier programs read what they can.</summary>
    [JsonPropertyOrder(-1)]
    public int Version => (Calibration?.Classes ?? Test?.Classes) is not null ? NewestVersion : Pools ? 2 : 1;

    /// <summary>The savers in the order in which they see an image; empty means that every image goes to the large model.</summary>
    public required IReadOnlyList<SaverPolicy> Savers { get; init; }

    /// <summary>The large model.</summary>
    public required ModelReference Large { get; init; }

    /// <summary>
    /// How much the log probabilities of the savers, in their order, and the large model's own count in the answer to an escalated image: one
    /// weight each. Null where the large model answers alone.
    /// </summary>
    public IReadOnlyList<double>? LargeWeights { get; init; }

    /// <summary>Whether any model's answer is pooled with those of the models before it.</summary>
    [JsonIgnore]
    public bool Pools => LargeWeights is not null || Savers.Any(s => s?.Weights is not null);

    /// <summary>All models in the order in which they see an image.</summary>
    [JsonIgnore]
    public IEnumerable<ModelReference> Models => Savers.Select(s => s.Model).Append(Large);

    /// <summary>How the threshold was chosen.</summary>
    public PolicyRule? Rule { get; init; }

    /// <summary>What was guaranteed, where the rule guarantees something.</summary>
    public PolicyGuarantee? Guarantee { get; init; }

    /// <summary>What was measured on the calibration set.</summary>
    public PolicyMeasurement? Calibration { get; init; }

    /// <summary>What was measured on the test set.</summary>
    public PolicyMeasurement? Test { get; init; }

    /// <summary>How the policy came to be.</summary>
    public PolicyProvenance? Provenance { get; init; }

    /// <summary>
    /// The policy's identity: the first 12 hex digits of a SHA-256 over what decides labels (models, measures, temperatures,
    /// thresholds, weights). Two policies that differ only in their measurements have the same id.
    /// </summary>
    [JsonIgnore]
    public string Id => ComputeId();

    private string ComputeId()
    {
        var text = new StringBuilder();
        foreach (SaverPolicy saver in Savers)
        {
            text.Append(CultureInfo.InvariantCulture,
                $"saver {Identity(saver.Model)} {saver.Measure.Name()} {saver.Temperature:R} {saver.Threshold:R}{Identity(saver.Weights)}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"large {Identity(Large)}{Identity(LargeWeights)}\n");
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()));
        return Convert.ToHexStringLower(hash)[..12];
    }

    private static string Identity(ModelReference model) => model.Sha256 ?? model.Folder;

    private static string Identity(IReadOnlyList<double>? weights) =>
        weights is null ? "" : string.Concat(weights.Select(w => string.Create(CultureInfo.InvariantCulture, $" {w:R}")));
}
