using System.Globalization;

namespace TinySaver.Reports.Charts;

/// <summary>Shares from 0 to almost 1, spread by their distance from 1: 0.9, 0.99 and 0.999 at equal distances.</summary>
/// <remarks>Trained networks give most images confidences beyond 0.99; on a linear axis all that a threshold decides would be one pixel.</remarks>
/// <param name="Nines">How many nines the axis ends at: 4 for 0.9999. Values beyond lie at the end.</param>
internal sealed record NinesScale(int Nines) : Scale
{
    /// <inheritdoc/>
    public override double Position(double value)
    {
        double rest = Math.Max(1 - value, Math.Pow(10, -Nines));
        return Math.Max(0, -Math.Log10(rest) / Nines);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Tick> Ticks(int about)
    {
        var ticks = new List<Tick> { new(0, "0") };
        for (int k = 1; k <= Nines; k++)
            ticks.Add(new Tick(1 - Math.Pow(10, -k), (1 - Math.Pow(10, -k)).ToString("F" + k, CultureInfo.InvariantCulture)));

        return ticks;
    }
}
