namespace TinySaver.Reports.Charts;

/// <summary>Names at equal distances, the first at the end of the axis: on a vertical axis that is the top.</summary>
/// <param name="Names">The names.</param>
internal sealed record CategoryScale(IReadOnlyList<string> Names) : Scale
{
    /// <summary>The length of one name's band, as a share of the axis.</summary>
    public double Band => 1.0 / Names.Count;

    /// <summary>The middle of the band of a name's index.</summary>
    public override double Position(double value) => 1 - ((value + 0.5) / Names.Count);

    /// <inheritdoc/>
    public override IReadOnlyList<Tick> Ticks(int about) => [.. Names.Select((name, i) => new Tick(i, name))];
}
