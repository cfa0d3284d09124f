using System.Globalization;
using TinySaver.Core.Confidence;
using TinySaver.Core.Names;

namespace TinySaver.Reports;

/// <summary>Writes figures as the sentences of a report want them.</summary>
internal static class Wording
{
    /// <summary>A share as a rounded percentage: as many decimals as its distance from 0 and 100 % needs.</summary>
    public static string Share(double share)
    {
        double edge = Math.Min(Math.Abs(share), Math.Abs(1 - share));
        return Amounts.Percent(share, edge is 0 or >= 0.1 ? 0 : edge >= 0.001 ? 1 : 2);
    }

    /// <summary>A difference of shares in points, without its sign: 0.0023 is <c>0.23</c>.</summary>
    public static string Points(double share) => Math.Abs(share * 100).ToString("0.##", CultureInfo.InvariantCulture);

    /// <summary>A difference of shares in points with its unit: 0.0023 is <c>0.23 points</c>, 0.01 is <c>1 point</c>.</summary>
    public static string PointsAndUnit(double share) => Points(share) is "1" ? "1 point" : Points(share) + " points";

    /// <summary>A drop in points, with a sign only where it is a gain: −0.0023 is <c>−0.23</c>.</summary>
    public static string Drop(double share) => share < 0 ? SignedPoints(share) : Points(share);

    /// <summary>A difference of shares in points, with its sign: −0.0023 is <c>−0.23</c>.</summary>
    public static string SignedPoints(double share) => Signed(share, Points(share));

    /// <summary>A relative change as a percentage with its sign.</summary>
    public static string Change(double change) => Signed(change, Amounts.Percent(Math.Abs(change)));

    /// <summary>A threshold with two digits of its distance from 1: 0.62, 0.9987.</summary>
    public static string Threshold(double threshold)
    {
        double rest = 1 - threshold;
        int decimals = rest is <= 0 or >= 1 ? 2 : Math.Clamp((int)Math.Ceiling(-Math.Log10(rest)) + 1, 2, 7);
        return threshold.ToString("F" + decimals, CultureInfo.InvariantCulture);
    }

    /// <summary>US dollars.</summary>
    public static string Dollars(double dollars) => (dollars < 0 ? "−" : "") + "$" + Amounts.Number(Math.Abs(dollars), 2);

    /// <summary>A count with its noun.</summary>
    public static string Count(long count, string noun) => $"{Amounts.Number(count, 0)} {noun}{(count == 1 ? "" : "s")}";

    /// <summary>A measure with its temperature where there is one.</summary>
    public static string Measure(ConfidenceMeasure measure, float temperature) =>
        temperature == 1 ? measure.Name() : string.Create(CultureInfo.InvariantCulture, $"{measure.Name()} (temperature {temperature:0.###})");

    private static string Signed(double value, string text) => text.Any(c => c is >= '1' and <= '9')
        ? (value < 0 ? "−" : "+") + text
        : text;
}
