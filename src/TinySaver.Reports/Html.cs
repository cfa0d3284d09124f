using System.Text;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;

namespace TinySaver.Reports;

/// <summary>Makes HTML elements; the tree that they form escapes all text when it is written.</summary>
internal static partial class Html
{
    private static readonly HashSet<string> WithoutEnd = new(StringComparer.Ordinal) { "meta", "img", "br", "link", "hr" };

    /// <summary>An element.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="css">Its CSS class; null for none.</param>
    /// <param name="content">Attributes, elements and text.</param>
    public static XElement Element(string name, string? css, params object?[] content) =>
        new(name, css is null ? null : new XAttribute("class", css), content);

    /// <summary>A section with its heading and the note below it, if any.</summary>
    public static XElement Section(string title, string? note, params object?[] content) =>
        Element("section", null, Element("h2", null, title), note is null ? null : Element("p", "note", note), content);

    /// <summary>What is shown only to who asks for it.</summary>
    public static XElement Details(string summary, XElement content) => Element("details", null, Element("summary", null, summary), content);

    /// <summary>A table within a frame that scrolls where the page is too narrow.</summary>
    /// <param name="caption">What it shows, for those who don't see it.</param>
    /// <param name="rows">What a row is made of.</param>
    /// <param name="columns">The heads, of which those that start with <c>#</c> head numbers, which stand at the right; and the cells: text or elements.</param>
    public static XElement Table<T>(string caption, IEnumerable<T> rows, params IReadOnlyList<(string Head, Func<T, object> Cell)> columns) =>
        Element(
            "div",
            "scroll",
            new XAttribute("tabindex", "0"),
            new XAttribute("role", "region"),
            new XAttribute("aria-label", caption),
            Element(
                "table",
                null,
                Element("thead", null, Element("tr", null, columns.Select(c => Element("th", Align(c.Head), new XAttribute("scope", "col"), c.Head.TrimStart('#'))))),
                Element("tbody", null, rows.Select(row => Element("tr", null, columns.Select(c => Element("td", Align(c.Head), c.Cell(row))))))));

    private static string? Align(string head) => head.StartsWith('#') ? "number" : null;

    /// <summary>Writes a tree as HTML text that is well-formed XML too, whatever characters its texts hold.</summary>
    public static string Write(XElement root)
    {
        foreach (XElement element in root.DescendantsAndSelf().ToList())
        {
            // HTML knows <br> but takes <td /> for a start without an end.
            if (element.IsEmpty && element.Name.Namespace == XNamespace.None && !WithoutEnd.Contains(element.Name.LocalName))
                element.Value = "";

            foreach (XAttribute attribute in element.Attributes())
            {
                if (!attribute.IsNamespaceDeclaration)
                    attribute.Value = Printable(attribute.Value);
            }
        }

        foreach (XText text in root.DescendantNodes().OfType<XText>().ToList())
            text.Value = Printable(text.Parent?.Name.LocalName == "code" ? text.Value : Unbroken(text.Value));

        return root.ToString(SaveOptions.DisableFormatting);
    }

    // A number and its unit stay on one line.
    private static string Unbroken(string text) => UnitPattern().Replace(text, "\u00a0");

    [GeneratedRegex("(?<=[0-9]) (?=%|point|ms|s\\b|[GMk]\\b)|(?<=≤) ")]
    private static partial Regex UnitPattern();

    // Control characters and halves of surrogate pairs have no place in HTML or XML: a file name may hold them nevertheless.
    private static string Printable(string text)
    {
        if (text.All(XmlConvert.IsXmlChar))
            return text;

        var printable = new StringBuilder(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            bool valid = !rune.IsBmp || XmlConvert.IsXmlChar((char)rune.Value);
            printable.Append(valid ? rune.ToString() : "\uFFFD");
        }

        return printable.ToString();
    }
}

/// <summary>The frame of the page: head, style sheet, body.</summary>
internal static class Page
{
    /// <summary>The page as text.</summary>
    /// <param name="title">What a browser's tab shows.</param>
    /// <param name="body">The body.</param>
    public static string Of(string title, XElement body)
    {
        // The style sheet is raw text in HTML, so it goes in as it is; everything else is escaped by the tree that it is part of.
        return $"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8" />
            <meta name="viewport" content="width=device-width, initial-scale=1" />
            <meta name="color-scheme" content="light dark" />
            {Html.Write(Html.Element("title", null, title + " · TinySaver"))}
            <style>
            {ReportStyle.Sheet}</style>
            </head>
            {Html.Write(body)}
            </html>

            """;
    }
}
