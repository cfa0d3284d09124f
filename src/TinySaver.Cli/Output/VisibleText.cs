using System.Text;
using Spectre.Console.Rendering;

namespace TinySaver.Cli.Output;

/// <summary>Shows the characters that would command a terminal instead of sending them: everything that is printed for people passes here.</summary>
/// <remarks>A file may be called <c>ESC ]0;title BEL</c>, and the label texts of somebody's model may clear the screen or turn a line around.</remarks>
internal sealed class VisibleText : IRenderHook
{
    private const char Replacement = '\uFFFD';

    // Unicode's pictures of the control characters stand in their order.
    private const char FirstPicture = '\u2400';
    private const char PictureOfDelete = '\u2421';

    /// <summary>The text with a picture in place of each control character; line breaks and tabs stay.</summary>
    public static string Of(string text) => Show(text, keepsLines: true);

    /// <summary>The same in one line, so that no name can pass for a message of its own.</summary>
    public static string OneLine(string text) => Show(text, keepsLines: false);

    /// <summary>What a console renders, with pictures in its texts; its own commands, such as colours, stay.</summary>
    public IEnumerable<IRenderable> Process(RenderOptions options, IEnumerable<IRenderable> renderables) => renderables.Select(r => new Rendered(r));

    private static string Show(string text, bool keepsLines)
    {
        StringBuilder? shown = null;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            bool stays = c is '\t' || (c is '\n' && keepsLines) || (c is '\r' && keepsLines && i + 1 < text.Length && text[i + 1] == '\n');
            if (!stays && (char.IsControl(c) || TurnsLines(c)))
            {
                shown ??= new(text);
                shown[i] = c < ' ' ? (char)(FirstPicture + c) : c == '\x7F' ? PictureOfDelete : Replacement;
            }
        }

        return shown?.ToString() ?? text;
    }

    // Marks and overrides of the direction of writing, and the two separators that some terminals break lines at.
    private static bool TurnsLines(char c) => c is '\u061C' or '\u200E' or '\u200F' or (>= '\u2028' and <= '\u202E') or (>= '\u2066' and <= '\u2069');

    private sealed class Rendered(IRenderable inner) : IRenderable
    {
        public Measurement Measure(RenderOptions options, int maxWidth) => inner.Measure(options, maxWidth);

        public IEnumerable<Segment> Render(RenderOptions options, int maxWidth) =>
            inner.Render(options, maxWidth).Select(s => s.IsControlCode || s.IsLineBreak || Of(s.Text) is var text && text == s.Text ? s : new Segment(text, s.Style));
    }
}

/// <summary>A writer to a terminal for what no console renders: rows of CSV, and what the parser of arguments says.</summary>
internal sealed class VisibleWriter(TextWriter inner) : TextWriter
{
    /// <summary>Standard output, for people where it is a terminal and to the byte where a program reads it.</summary>
    public static TextWriter StandardOutput => Console.IsOutputRedirected ? Console.Out : new VisibleWriter(Console.Out);

    /// <inheritdoc/>
    public override Encoding Encoding => inner.Encoding;

    /// <inheritdoc/>
    public override void Write(char value) => inner.Write(VisibleText.Of(value.ToString()));

    /// <inheritdoc/>
    public override void Write(char[] buffer, int index, int count) => inner.Write(VisibleText.Of(new(buffer, index, count)));

    /// <inheritdoc/>
    public override void Write(string? value) => inner.Write(value is null ? null : VisibleText.Of(value));

    /// <inheritdoc/>
    public override void Flush() => inner.Flush();
}
