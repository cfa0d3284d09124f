using System.Xml.Linq;

namespace TinySaver.Reports.Tests;

/// <summary>A written report, parsed as XML, which the writer promises it is.</summary>
internal sealed class ReportDocument
{
    public static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    public ReportDocument(ReportInput input)
        : this(ReportWriter.Write(input))
    {
    }

    public ReportDocument(string text)
    {
        Text = text;
        Root = XElement.Parse(Text[Text.IndexOf('\n')..]);
    }

    public string Text { get; }

    public XElement Root { get; }

    public string Answer => Root.Descendants("h1").Single().Value.Replace('\u00a0', ' ');

    public string Tone => (string)Root.Descendants("header").Single().Attribute("class")!;

    public string[] Sections => [.. Root.Descendants("h2").Select(h => h.Value)];

    public XElement[] Charts => [.. Root.Descendants(Svg + "svg").Where(e => HasClass(e, "chart"))];

    public string[] Images => [.. Root.Descendants("img").Select(i => (string)i.Attribute("src")!)];

    /// <summary>What a reader reads, with plain spaces.</summary>
    public string Prose => Root.Element("body")!.Value.Replace('\u00a0', ' ');

    public static bool HasClass(XElement element, string name) =>
        ((string?)element.Attribute("class") ?? "").Split(' ').Contains(name);
}
