namespace TinySaver.Reports.Charts;

/// <summary>Maps values to positions along an axis: 0 at its start, 1 at its end.</summary>
internal abstract record Scale
{
    /// <summary>The position of a value; outside of [0, 1] for a value beyond the axis.</summary>
    public abstract double Position(double value);

    /// <summary>Marks at round values, about as many as asked for.</summary>
    public abstract IReadOnlyList<Tick> Ticks(int about);
}
