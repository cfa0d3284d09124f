using System.Globalization;
using System.Text.RegularExpressions;
using TinySaver.Calibration.Planning;
using TinySaver.Cli.Tables;
using TinySaver.Core.Failures;
using TinySaver.Pipeline.Tables;

namespace TinySaver.Cli.Plan;

/// <summary>Reads uploads as people write them: <c>1e6/day</c>, or a trace in a table.</summary>
internal static partial class ArrivalsText
{
    /// <summary>A rate, or a table with the columns <c>second</c> (or <c>time</c>) and <c>images</c>.</summary>
    /// <exception cref="TinySaverException">It is neither, or a row cannot be used.</exception>
    public static async Task<Arrivals> ReadAsync(string text, CancellationToken cancellationToken)
    {
        if (RatePattern().Match(text) is { Success: true } rate)
        {
            double seconds = rate.Groups[2].Value switch { "s" => 1, "min" => 60, "hour" => 3600, _ => Arrivals.Day };
            return double.TryParse(rate.Groups[1].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out double images) && images > 0 && double.IsFinite(images)
                ? Arrivals.Steady(images / seconds)
                : throw Unusable(text);
        }

        if (!File.Exists(text))
            throw Unusable(text);

        Table table = await TableFile.ReadAsync(text, cancellationToken);
        int second = table.Find("second");
        int moment = second < 0 ? table.Require("time") : second;
        int count = table.Require("images");
        var moments = new List<(double, double)>();
        DateTime? midnight = null;
        foreach ((int row, string?[] cells) in table.Rows.Index())
        {
            if (!double.TryParse(cells[count], NumberStyles.Float, CultureInfo.InvariantCulture, out double images) || Second(cells[moment] ?? "") is not { } at)
                throw new TinySaverException($"{text}, row {row + 1}: '{cells[moment]}', '{cells[count]}' is no moment with its images: a whole second or a time (13:30, 2026-11-27T13:30:00Z), and a number.");

            moments.Add((at, images));
        }

        return Arrivals.Of(moments);

        double? Second(string cell)
        {
            if (second >= 0)
                return double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? Math.Floor(value) : null;

            if (TimeOnly.TryParse(cell, CultureInfo.InvariantCulture, out TimeOnly time))
                return Math.Floor(time.ToTimeSpan().TotalSeconds);

            if (!DateTimeOffset.TryParse(cell, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset at))
                return null;

            midnight ??= at.UtcDateTime.Date;
            return Math.Floor((at.UtcDateTime - midnight.Value).TotalSeconds);
        }
    }

    /// <summary>A duration: <c>60s</c>, <c>5min</c>, <c>1h</c>.</summary>
    /// <returns>Seconds; null where it is none.</returns>
    public static double? Seconds(string text) =>
        DurationPattern().Match(text) is { Success: true } match && double.TryParse(match.Groups[1].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value > 0
            ? value * match.Groups[2].Value switch { "ms" => 0.001, "min" => 60, "h" => 3600, _ => 1 }
            : null;

    private static TinySaverException Unusable(string text) => new($"--arrivals is '{text}'; expected a rate such as 1e6/day, 500/hour or 20/s, or a table (.csv, .parquet) with the columns second or time, and images.");

    [GeneratedRegex(@"^([0-9.eE+]+)/(s|min|hour|day)$")]
    private static partial Regex RatePattern();

    [GeneratedRegex("^([0-9.]+)(ms|s|min|h)?$")]
    private static partial Regex DurationPattern();
}
