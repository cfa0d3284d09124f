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
    /// <summary>The schema version that this code reads and writes.</summary>
    public const int CurrentVersion = 1;

    /// <summary>The schema version; always <see cref="CurrentVersion"/>.</summary>
    [JsonPropertyOrder(-1)]
    public int Version { get; init; } = CurrentVersion;

    /// <summary>The savers in the order in which they see an image; empty means that every image goes to the large model.</summary>
    public required IReadOnlyList<SaverPolicy> Savers { get; init; }

    /// <summary>The large model.</summary>
    public required ModelReference Large { get; init; }

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
    /// thresholds). Two policies that differ only in their measurements have the same id.
    /// </summary>
    [JsonIgnore]
    public string Id => ComputeId();

    private string ComputeId()
    {
        var text = new StringBuilder();
        foreach (SaverPolicy saver in Savers)
        {
            text.Append(CultureInfo.InvariantCulture,
                $"saver {Identity(saver.Model)} {saver.Measure.Name()} {saver.Temperature:R} {saver.Threshold:R}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"large {Identity(Large)}\n");
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()));
        return Convert.ToHexStringLower(hash)[..12];
    }

    private static string Identity(ModelReference model) => model.Sha256 ?? model.Folder;
}
