using System.Globalization;

namespace TinySaver.Reports.Charts;

/// <summary>Estimates how wide text is before a browser lays it out, on the wide side, so that nothing overlaps whatever the font.</summary>
internal static class ChartText
{
    /// <summary>The size of all text in charts, in CSS pixels; the style sheet says the same.</summary>
    public const double FontSize = 12;

    /// <summary>The height of a line of text.</summary>
    public const double LineHeight = 15;

    // DejaVu Sans, the widest of the common system fonts, has a mean advance of 0.6 em in English text and digits of 0.64 em.
    private const double EmPerCharacter = 0.64;

    // East Asian characters fill their square.
    private const double EmPerWideCharacter = 1.05;
    private const char FirstWide = '\u1100';

    /// <summary>The width of a text.</summary>
    public static double Width(string text)
    {
        double ems = 0;
        foreach (char c in text)
            ems += c >= FirstWide && c is not (>= '\u2000' and <= '\u2fff') ? EmPerWideCharacter : EmPerCharacter;

        return ems * FontSize;
    }

    /// <summary>A text cut to a width, ending in an ellipsis where it was cut.</summary>
    public static string Fit(string text, double width)
    {
        if (Width(text) <= width)
            return text;

        // By text elements, so that no character is cut in two.
        int[] starts = StringInfo.ParseCombiningCharacters(text);
        for (int i = starts.Length - 1; i > 0; i--)
        {
            string cut = text[..starts[i]].TrimEnd() + "…";
            if (Width(cut) <= width)
                return cut;
        }

        return "…";
    }
}
