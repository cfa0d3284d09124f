using System.Globalization;
using System.Xml.Linq;

namespace TinySaver.Reports;

/// <summary>A test image with what was said of it.</summary>
internal static class ImageCard
{
    /// <summary>The card: the picture where there is one, the image's name, and the lines.</summary>
    public static XElement Of(ReportInput input, int row, params XElement[] lines)
    {
        ReportImage? image = row < input.TestImages.Count ? input.TestImages[row] : null;
        string name = image?.Name ?? string.Create(CultureInfo.InvariantCulture, $"row {row + 1}");
        string? picture = image?.File is { } file ? input.Thumbnail?.Invoke(file) : null;
        return Html.Element(
            "li",
            null,
            picture is null ? null : Html.Element("img", null, new XAttribute("src", picture), new XAttribute("alt", name)),
            Html.Element("p", "name", new XAttribute("title", name), name[(name.LastIndexOfAny(['/', '\\']) + 1)..]),
            lines);
    }
}
