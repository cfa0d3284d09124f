using System.Globalization;

namespace TinySaver.Reports.Charts;

/// <summary>Maps values to positions along an axis: 0 at its start, 1 at its end.</summary>
internal abstract record Scale
{
    /// <summary>The position of a value; outside of [0, 1] for a value beyond the axis.</summary>
    public abstract double Position(double value);

    /// <summary>Marks at round values, about as many as asked for.</summary>
    public abstract IReadOnlyList<Tick> Ticks(int about);
}

/// <summary>A mark on an axis.</summary>
/// <param name="Value">Where it is.</param>
/// <param name="Text">What stands beside it.</param>
internal readonly record struct Tick(double Value, string Text);

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

/// <summary>Durations in seconds, spread by their logarithm, with marks at those that people know.</summary>
/// <param name="High">The duration at the end, at least 1 s; a tenth of a second and less lie at the start.</param>
internal sealed record TimeScale(double High) : Scale
{
    private const double Low = 0.1;

    private static readonly Tick[] Known =
        [new(0.1, "100 ms"), new(1, "1 s"), new(10, "10 s"), new(60, "1 min"), new(600, "10 min"), new(3_600, "1 h"), new(36_000, "10 h"), new(360_000, "100 h")];

    /// <inheritdoc/>
    public override double Position(double value) => Math.Log(Math.Max(value, Low) / Low) / Math.Log(High / Low);

    /// <inheritdoc/>
    public override IReadOnlyList<Tick> Ticks(int about) => [.. Known.Where(t => t.Value <= High)];
}

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
