using System.Text;
using System.Xml.Linq;

namespace TinySaver.Reports;

/// <summary>The frame of the page: head, style sheet, body.</summary>
internal static class Page
{
    private static readonly Lazy<string> StyleSheet = new(ReadStyleSheet);

    /// <summary>The page as text.</summary>
    /// <param name="title">What a browser's tab shows.</param>
    /// <param name="body">The body.</param>
    public static string Of(string title, XElement body)
    {
        // The style sheet is raw text in HTML, so it goes in as it is; everything else is escaped by the tree that it is part of.
        var page = new StringBuilder("<!doctype html>\n<html lang=\"en\">\n<head>\n");
        page.Append(Html.Write(Html.Element("meta", null, new XAttribute("charset", "utf-8")))).Append('\n');
        page.Append(Html.Write(Meta("viewport", "width=device-width, initial-scale=1"))).Append('\n');
        page.Append(Html.Write(Meta("color-scheme", "light dark"))).Append('\n');
        page.Append(Html.Write(Html.Element("title", null, title + " · TinySaver"))).Append('\n');
        page.Append("<style>\n").Append(StyleSheet.Value).Append("</style>\n</head>\n");
        page.Append(Html.Write(body)).Append("\n</html>\n");
        return page.ToString();
    }

    private static XElement Meta(string name, string content) =>
        Html.Element("meta", null, new XAttribute("name", name), new XAttribute("content", content));

    private static string ReadStyleSheet()
    {
        const string name = "TinySaver.Reports.report.css";
        using Stream stream = typeof(Page).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The program was built without its resource {name}.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
