using TinySaver.Core.Failures;

namespace TinySaver.Core.Cascade;

/// <summary>Refuses policies whose values cannot be meant; each message names the field.</summary>
internal static class CascadePolicyValidation
{
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
        }

        CheckModel(policy.Large, "large");
        CheckShares(policy.Rule?.Shares, "rule");
        CheckShares(policy.Guarantee?.Shares, "guarantee");
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

        void CheckMeasurement(PolicyMeasurement? measurement, string field)
        {
            if (measurement?.Samples <= 0)
                throw Refuse($"{field}.samples", measurement.Samples, "a positive count");

            CheckShares(measurement?.Shares, field);
        }

        void CheckShares(IEnumerable<(string Field, double? Value)>? shares, string part)
        {
            foreach ((string field, double? value) in shares ?? [])
                CheckShare(value, $"{part}.{field}");
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
