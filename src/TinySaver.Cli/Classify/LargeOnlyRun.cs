namespace TinySaver.Cli.Classify;

/// <summary>The large model alone on the same images, for comparison.</summary>
internal sealed class LargeOnlyRun(IReadOnlyList<ImageOutcome> outcomes, double seconds)
{
    private readonly Dictionary<string, int?> _classes = outcomes.ToDictionary(o => o.Path, o => o.Answer?.ClassIndex, StringComparer.Ordinal);

    /// <summary>Wall-clock seconds.</summary>
    public double Seconds => seconds;

    /// <summary>The large model's class for an image of the cascade's run; null where it has none.</summary>
    public int? ClassOf(ImageOutcome outcome) => _classes.GetValueOrDefault(outcome.Path);
}
