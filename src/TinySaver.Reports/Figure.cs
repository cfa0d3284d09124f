using System.Xml.Linq;
using TinySaver.Reports.Charts;

namespace TinySaver.Reports;

/// <summary>A chart with its heading, a sentence on how to read it, and its legend, drawn in both sizes.</summary>
internal sealed record Figure
{
    /// <summary>An id that no other figure of the page has.</summary>
    public required string Id { get; init; }

    /// <summary>What the chart shows.</summary>
    public required string Title { get; init; }

    /// <summary>What to read from it; also what screen readers tell of the picture.</summary>
    public required string Reading { get; init; }

    /// <summary>The colours; empty where labels in the chart say enough.</summary>
    public IReadOnlyList<LegendEntry> Legend { get; init; } = [];

    /// <summary>Heights to use instead of the usual, for the wide and the narrow drawing.</summary>
    public (double Wide, double Narrow)? Heights { get; init; }

    /// <summary>Draws the chart in a size.</summary>
    public required Func<ChartSize, Plot> Draw { get; init; }

    /// <summary>The figure as HTML.</summary>
    public XElement ToHtml() => Html.Element(
        "figure",
        null,
        Html.Element("figcaption", null, Html.Element("h3", null, Title), Html.Element("p", null, Reading)),
        Legend.Count == 0 ? null : Html.Element("ul", "legend", Legend.Select(Entry)),
        ChartSize.All.Select(size => Draw(Sized(size)).ToSvg(Id, Title, Reading)));

    private ChartSize Sized(ChartSize size) => Heights is { } heights
        ? size with { Height = size.Name == ChartSize.Wide.Name ? heights.Wide : heights.Narrow }
        : size;

    private static XElement Entry(LegendEntry entry)
    {
        XElement mark = entry.Shape switch
        {
            "line" => Svg.Line("line " + entry.Css, 0, 6, 18, 6),
            "point" => Svg.Element("circle", "point " + entry.Css, Svg.At("cx", 9), Svg.At("cy", 6), Svg.At("r", 5)),
            _ => Svg.Rectangle("bar " + entry.Css, new Box(3, 0, 12, 12)),
        };
        return Html.Element(
            "li",
            null,
            Svg.Element("svg", "key", Svg.At("width", 18), Svg.At("height", 12), new XAttribute("aria-hidden", "true"), mark),
            Html.Element("span", null, entry.Text));
    }
}

/// <summary>A colour of a chart and what it stands for.</summary>
/// <param name="Css">The CSS class of the marks.</param>
/// <param name="Shape">How the marks look: <c>line</c>, <c>point</c> or <c>bar</c>.</param>
/// <param name="Text">What they stand for.</param>
internal sealed record LegendEntry(string Css, string Shape, string Text);
