using System.Globalization;
using System.Xml.Linq;

namespace TinySaver.Reports.Charts;

/// <summary>Makes SVG elements; the tree that they form escapes all text when it is written.</summary>
/// <remarks>
/// The charts are drawn here and not by a chart library (ScottPlot 5 writes SVG too) because its pictures carry fixed colours and sizes: these
/// take their colours from the page's CSS variables, so one drawing serves light, dark and print, have text that browsers set crisply and
/// screen readers read, and weigh a few kilobytes.
/// </remarks>
internal static class Svg
{
    private static readonly XNamespace Namespace = "http://www.w3.org/2000/svg";

    /// <summary>An element.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="css">Its CSS class; null for none.</param>
    /// <param name="content">Attributes, elements and text.</param>
    public static XElement Element(string name, string? css, params object?[] content) =>
        new(Namespace + name, css is null ? null : new XAttribute("class", css), content);

    /// <summary>An attribute with a coordinate or length, to a tenth of a pixel.</summary>
    public static XAttribute At(string name, double value) => new(name, Number(value));

    /// <summary>A coordinate to a tenth of a pixel.</summary>
    public static string Number(double value)
    {
        string text = value.ToString("0.#", CultureInfo.InvariantCulture);
        return text == "-0" ? "0" : text;
    }

    /// <summary>A <c>title</c> element, which browsers show when the pointer rests on its parent.</summary>
    public static XElement Title(string text) => Element("title", null, text);

    /// <summary>A text element.</summary>
    /// <param name="css">Its CSS class.</param>
    /// <param name="x">The anchor.</param>
    /// <param name="baseline">The base line.</param>
    /// <param name="anchor">Which part of the text lies at the anchor: start, middle or end.</param>
    /// <param name="text">The text.</param>
    public static XElement Text(string css, double x, double baseline, string anchor, string text) =>
        Element("text", css, At("x", x), At("y", baseline), new XAttribute("text-anchor", anchor), text);

    /// <summary>A straight line.</summary>
    public static XElement Line(string css, double x1, double y1, double x2, double y2) =>
        Element("line", css, At("x1", x1), At("y1", y1), At("x2", x2), At("y2", y2));

    /// <summary>A rectangle.</summary>
    public static XElement Rectangle(string css, Box box) => Element(
        "rect", css, At("x", box.Left), At("y", box.Top), At("width", box.Width), At("height", box.Height));
}
