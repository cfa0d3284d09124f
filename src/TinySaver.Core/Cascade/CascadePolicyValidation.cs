using TinySaver.Core.Failures;

namespace TinySaver.Core.Cascade;

/// <summary>Refuses policies whose values cannot be meant; each message names the field.</summary>
internal static class CascadePolicyValidation
{
    // Far more than any fit gives; beyond it sums of log probabilities lose their digits.
    private const double MostWeight = 1000;

    internal static void Check(CascadePolicy policy, string source)
    {
        if (policy.Savers is null)
            throw Refuse("savers", "null", "a list of savers, empty for large-only");

        for (int i = 0; i < policy.Savers.Count; i++)
        {
            SaverPolicy saver = policy.Savers[i] ?? throw Refuse($"savers[{i}]", "null", "a saver");
            CheckModel(saver.Model, $"savers[{i}].model");
            CheckShare(saver.Threshold, $"savers[{i}].threshold");
            if (!(saver.Temperature > 0) || !float.IsFinite(saver.Temperature))
                throw Refuse($"savers[{i}].temperature", saver.Temperature, "a positive number");

            if (i == 0 && saver.Weights is not null)
                throw Refuse("savers[0].weights", "set", "no weights: the first saver has no other to be pooled with");

            CheckWeights(saver.Weights, $"savers[{i}].weights", i + 1);
        }

        CheckModel(policy.Large, "large");
        CheckWeights(policy.LargeWeights, "largeWeights", policy.Savers.Count + 1);
        CheckShares(policy.Rule?.Shares, "rule");
        CheckBound(policy.Rule?.Epsilon, -1, "rule.epsilon");
        CheckShares(policy.Guarantee?.Shares, "guarantee");
        CheckBound(policy.Guarantee?.Bound, policy.Guarantee?.Risk == RiskKind.Disagreement ? 0 : -1, "guarantee.bound");
        CheckMeasurement(policy.Calibration, "calibration");
        CheckMeasurement(policy.Test, "test");

        void CheckModel(ModelReference? model, string field)
        {
            if (model is null || string.IsNullOrWhiteSpace(model.Folder))
                throw Refuse($"{field}.folder", "empty", "the path of a model folder relative to the policy");

            if (Path.IsPathRooted(model.Folder) || model.Folder.Any(static c => c == '\\' || char.IsControl(c)))
                throw Refuse($"{field}.folder", $"'{model.Folder}'", "a path relative to the policy with forward slashes");

            if (model.Sha256 is { } hash && (hash.Length != 64 || !hash.All(char.IsAsciiHexDigitLower)))
                throw Refuse($"{field}.sha256", $"'{hash}'", "64 lower-case hex digits");

            if (model.Macs < 0)
                throw Refuse($"{field}.macs", model.Macs, "a count of operations");
        }

        void CheckWeights(IReadOnlyList<double>? weights, string field, int models)
        {
            if (weights is null)
                return;

            if (weights.Count != models)
                throw Refuse(field, $"a list of {weights.Count}", $"{models} weights, one for each model that has seen the image by then");

            foreach (double weight in weights)
            {
                if (weight is not (>= 0 and <= MostWeight))
                    throw Refuse(field, weight, FormattableString.Invariant($"weights from 0 to {MostWeight}"));
            }

            if (weights.Sum() <= 0)
                throw Refuse(field, "all 0", "a weight above 0: nobody would have a say");
        }

        void CheckMeasurement(PolicyMeasurement? measurement, string field)
        {
            if (measurement?.Samples <= 0)
                throw Refuse($"{field}.samples", measurement.Samples, "a positive count");

            CheckShares(measurement?.Shares, field);
            if (measurement?.Classes is { } classes && (classes.Any(c => c.Key < 0 || c.Value < 1) || classes.Sum(c => (long)c.Value) > measurement.Samples))
                throw Refuse($"{field}.classes", $"of {classes.Sum(c => (long)c.Value)} images", $"positive counts of at most {measurement.Samples} images by class index");
        }

        void CheckShares(IEnumerable<(string Field, double? Value)>? shares, string part)
        {
            foreach ((string field, double? value) in shares ?? [])
                CheckShare(value, $"{part}.{field}");
        }

        void CheckBound(double? value, double least, string field)
        {
            if (value is { } bound && !(bound >= least && bound <= 1))
                throw Refuse(field, bound, FormattableString.Invariant($"a number from {least} to 1"));
        }

        void CheckShare(double? value, string field)
        {
            if (value is { } share && !(share is >= 0 and <= 1))
                throw Refuse(field, share, "a number from 0 to 1");
        }

        InvalidPolicyException Refuse(string field, object? actual, string expected) =>
            new(FormattableString.Invariant($"{source}: the field '{field}' is {actual}; expected {expected}."));
    }
}

/// <summary>A cascade policy cannot be used; the message names the file, the field and the remedy.</summary>
public sealed class InvalidPolicyException(string message, Exception? innerException = null)
    : TinySaverException(message, innerException);
