using System.Globalization;
using TinySaver.Inference.Imaging;

namespace TinySaver.Cli.Inspect;

/// <summary>Tells a person what happens to an image before the model sees it.</summary>
internal static class PreprocessingSteps
{
    /// <summary>One line a step, in order.</summary>
    public static IEnumerable<string> Describe(PreprocessingSpec spec)
    {
        if (spec.Resize is { } resize)
            yield return $"resize to {resize}, {spec.Filter.ToString().ToLowerInvariant()}, antialiased";

        if (spec.Crop is { } crop)
            yield return $"centre crop {crop.Width}×{crop.Height}";

        if (spec.RescaleFactor != 1f || spec.RescaleOffset != 0f)
        {
            string factor = spec.RescaleFactor == PreprocessingSpec.DefaultRescaleFactor
                ? "1/255"
                : spec.RescaleFactor.ToString(CultureInfo.InvariantCulture);
            string offset = spec.RescaleOffset == 0f ? "" : FormattableString.Invariant($" and add {spec.RescaleOffset}");
            yield return $"multiply by {factor}{offset}";
        }

        if (spec.Mean != default || spec.Std != new ChannelValues(1, 1, 1))
            yield return $"subtract the mean {Values(spec.Mean)}, divide by the deviation {Values(spec.Std)}";

        yield return $"{spec.Layout.ToString().ToUpperInvariant()}, {spec.InputWidth}×{spec.InputHeight}";
    }

    private static string Values(ChannelValues v) => FormattableString.Invariant($"({v.Red:0.####}, {v.Green:0.####}, {v.Blue:0.####})");
}
