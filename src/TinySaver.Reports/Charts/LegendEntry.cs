namespace TinySaver.Reports.Charts;

/// <summary>A colour of a chart and what it stands for.</summary>
/// <param name="Css">The CSS class of the marks.</param>
/// <param name="Shape">How the marks look: <c>line</c>, <c>point</c> or <c>bar</c>.</param>
/// <param name="Text">What they stand for.</param>
internal sealed record LegendEntry(string Css, string Shape, string Text);
