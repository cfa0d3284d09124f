using System.Globalization;

namespace TinySaver.Reports;

/// <summary>Writes amounts for people, always with a point and the same units.</summary>
public static class Amounts
{
    /// <summary>A share as a percentage: 0.1234 is <c>12.3 %</c>; a dash where there is none.</summary>
    public static string Percent(double? share, int decimals = 1) =>
        share is { } value ? (value * 100).ToString("F" + decimals, CultureInfo.InvariantCulture) + " %" : "–";

    /// <summary>Multiply-accumulate operations in millions: <c>301.0 M</c>.</summary>
    public static string Macs(double? macs) => macs switch
    {
        null => "–",
        >= 1e9 => Number(macs.Value / 1e9, 2) + " G",
        >= 1e6 => Number(macs.Value / 1e6, macs < 1e7 ? 2 : 1) + " M",
        _ => Number(macs.Value / 1e3, 1) + " k",
    };

    /// <summary>Seconds: <c>1.23 s</c>, or <c>45.6 ms</c> below one.</summary>
    public static string Seconds(double? seconds) => seconds switch
    {
        null => "–",
        < 1 => Number(seconds.Value * 1000, 1) + " ms",
        _ => Number(seconds.Value, 2) + " s",
    };

    /// <summary>Seconds in the unit that people would take: <c>45.6 ms</c>, <c>12.3 s</c>, <c>4.5 min</c>, <c>6.5 h</c>.</summary>
    public static string Time(double? seconds) => seconds switch
    {
        < 1 or null => Seconds(seconds),
        < 90 => Number(seconds.Value, seconds < 10 ? 2 : 1) + " s",
        < 5_400 => Number(seconds.Value / 60, 1) + " min",
        _ => Number(seconds.Value / 3_600, 1) + " h",
    };

    /// <summary>A duration as hours, minutes and seconds: <c>30:05:09</c>.</summary>
    public static string Duration(TimeSpan time) => FormattableString.Invariant($"{(long)time.TotalHours}:{time:mm\\:ss}");

    /// <summary>A number with a fixed count of decimals and thousands separated by commas.</summary>
    public static string Number(double value, int decimals) => value.ToString("N" + decimals, CultureInfo.InvariantCulture);
}
