using System.Text;

namespace TinySaver.Cli.Output;

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
