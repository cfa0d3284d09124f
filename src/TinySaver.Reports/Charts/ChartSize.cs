namespace TinySaver.Reports.Charts;

/// <summary>The size of a chart in CSS pixels.</summary>
/// <remarks>
/// Each chart is drawn twice and the style sheet shows one of the two: scaling one drawing would make its text unreadable on a phone or coarse
/// on a desk.
/// </remarks>
/// <param name="Name">The CSS class that shows it: <c>wide</c> or <c>narrow</c>.</param>
/// <param name="Width">Width.</param>
/// <param name="Height">Height.</param>
internal sealed record ChartSize(string Name, double Width, double Height)
{
    /// <summary>For a column of a two-column page.</summary>
    public static ChartSize Wide { get; } = new("wide", 500, 320);

    /// <summary>For a phone of 390 pixels, less the margins.</summary>
    public static ChartSize Narrow { get; } = new("narrow", 340, 270);

    /// <summary>Both, in the order in which a figure holds them.</summary>
    public static IReadOnlyList<ChartSize> All { get; } = [Wide, Narrow];
}
