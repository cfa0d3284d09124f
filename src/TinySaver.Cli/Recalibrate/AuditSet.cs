using TinySaver.Cli.Predictions;
using TinySaver.Core.Audits;
using TinySaver.Core.Cascade;
using TinySaver.Core.Confidence;
using TinySaver.Core.Pooling;
using TinySaver.Inference.Compute;
using TinySaver.Inference.Models;

namespace TinySaver.Cli.Recalibrate;

/// <summary>Audits as predictions of the models that answered them.</summary>
/// <param name="audits">The audits, each image version once; each with what every model of the policy says.</param>
/// <param name="labels">The texts of the classes: the large model's.</param>
internal sealed class AuditSet(IReadOnlyList<AuditRow> audits, LabelSet labels)
{
    private readonly string[] _ids = [.. audits.Select(IdOf)];

    /// <summary>What tells image versions apart, also as the name of a file.</summary>
    public static string IdOf(AuditRow audit) => audit.Version.KeyOf(audit.Name).ToString("x32", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>What a model said of the audited images; null where that isn't enough for all that a search or an evaluation asks.</summary>
    /// <remarks>
    /// Up to 20 classes the audits hold all probabilities, from which logits follow. Of more classes they hold the likeliest at the policy's temperature: another temperature, or an entropy, takes the image.
    /// </remarks>
    /// <param name="index">The model's place in the policy, the large model's last.</param>
    /// <param name="folder">Its folder.</param>
    /// <param name="temperature">Its temperature in the policy.</param>
    /// <param name="measure">Its measure in the policy.</param>
    public PredictionSet? Of(int index, ModelFolder folder, float temperature, ConfidenceMeasure measure)
    {
        Evidence[] evidence = [.. audits.Select(a => a.Evidence[index])];
        bool whole = Array.TrueForAll(evidence, e => e.Classes.Length == labels.Count);
        if (!whole && (temperature != 1 || measure == ConfidenceMeasure.Entropy))
            return null;

        float[]? logits = whole ? Logits(evidence, temperature) : null;
        Dictionary<ConfidenceMeasure, float[]> confidences = logits is not null
            ? ConfidenceMeasures.All.ToDictionary(m => m, m => PredictionSet.FromLogits(logits, labels.Count, m, temperature: 1))
            : new()
            {
                [ConfidenceMeasure.MaxProbability] = [.. evidence.Select(e => e.Probabilities[0])],
                [ConfidenceMeasure.Margin] = [.. evidence.Select(e => e.Probabilities[0] - e.Probabilities[1])],
            };
        return new PredictionSet(
            folder.Name, $"the audits of {folder.Name}", _ids, [.. Enumerable.Repeat(-1, _ids.Length)], [.. evidence.Select(e => e.Classes[0])], confidences, logits,
            // By their names, so that the same images are divided the same wherever they lie.
            [.. audits.Select(a => PredictionSet.KeyOf(a.Name, contentHash: null))], Texts(), ComputeCostCounter.Count(folder).Macs, Milliseconds: null, folder.Path, folder.ContentHash)
        {
            TopK = [.. evidence.Select(e => (e.Classes, e.Probabilities))],
            ListedClasses = labels.Count,
        };
    }

    // The softmax at the temperature gives the logits up to a constant, which no softmax keeps.
    private float[] Logits(Evidence[] evidence, float temperature)
    {
        float[] logits = new float[evidence.Length * labels.Count];
        for (int row = 0; row < evidence.Length; row++)
        {
            for (int i = 0; i < labels.Count; i++)
                logits[(row * labels.Count) + evidence[row].Classes[i]] = temperature * MathF.Log(MathF.Max(evidence[row].Probabilities[i], 1.17549435e-38f));
        }

        return logits;
    }

    private Dictionary<int, string> Texts() => labels.Texts.Index().ToDictionary(t => t.Index, t => t.Item);

    /// <summary>Whether an audit holds what every model of a policy says, in its order.</summary>
    public static bool IsWhole(AuditRow audit, CascadePolicy policy) =>
        audit.Evidence.Select(e => e.Model).SequenceEqual(policy.Models.Select(m => m.ShortHash)) && audit.Evidence.All(e => e.Classes.Length > 1);
}
