namespace TinySaver.Reports.Charts;

/// <summary>Equal steps at equal distances.</summary>
/// <param name="Low">The value at the start.</param>
/// <param name="High">The value at the end, above <paramref name="Low"/>.</param>
/// <param name="Format">Writes a tick's value; its second argument is the distance of ticks.</param>
internal sealed record LinearScale(double Low, double High, Func<double, double, string> Format) : Scale
{
    /// <summary>A scale of shares, written as percentages.</summary>
    public static LinearScale OfShares(double low, double high) => new(low, high, Percent);

    /// <inheritdoc/>
    public override double Position(double value) => (value - Low) / (High - Low);

    /// <inheritdoc/>
    public override IReadOnlyList<Tick> Ticks(int about)
    {
        double step = NiceStep((High - Low) / about);
        var ticks = new List<Tick>();

        // A billionth of a step: bounds that are round numbers keep their tick whatever rounding did to them.
        double first = Math.Ceiling((Low / step) - 1e-9);
        for (double k = first; k * step <= High + (step * 1e-9); k++)
        {
            // Adding +0 turns −0 into +0.
            double value = (k * step) + 0.0;
            ticks.Add(new Tick(value, Format(value, step)));
        }

        return ticks;
    }

    /// <summary>The next of 1, 2 and 5 times a power of ten.</summary>
    public static double NiceStep(double least)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(least)));
        double ratio = least / power;
        return power * (ratio <= 1.0001 ? 1 : ratio <= 2.0001 ? 2 : ratio <= 5.0001 ? 5 : 10);
    }

    private static string Percent(double value, double step)
    {
        // As many decimals as tell neighbours apart: a step of 0.5 % needs one.
        int decimals = Math.Max(0, (int)Math.Ceiling(-Math.Log10(step * 100) - 1e-9));
        return Amounts.Percent(value, decimals);
    }
}
