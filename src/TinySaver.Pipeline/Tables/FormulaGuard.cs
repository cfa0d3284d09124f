using System.Buffers;

namespace TinySaver.Pipeline.Tables;

/// <summary>Keeps spreadsheets from running a cell of CSV: an apostrophe goes before a text that they would take for a formula, and comes off again when it is read.</summary>
/// <remarks>OWASP, CSV injection. Numbers are never guarded, nor lists of them such as logits.</remarks>
internal static class FormulaGuard
{
    private const char Apostrophe = '\'';

    // With the full-width forms, which some spreadsheets take for the same.
    private const string Starts = "=+-@\uFF1D\uFF0B\uFF0D\uFF20";

    private static readonly SearchValues<char> OfNumbers = SearchValues.Create("0123456789+-.eE ");

    /// <summary>The text as it is safe to open.</summary>
    public static string Put(string text) => IsFormula(text.AsSpan().TrimStart(Apostrophe)) ? Apostrophe + text : text;

    /// <summary>The text that was put under guard, or any other as it is.</summary>
    public static string Take(string text) => text[0] == Apostrophe && IsFormula(text.AsSpan().TrimStart(Apostrophe)) ? text[1..] : text;

    private static bool IsFormula(ReadOnlySpan<char> text) =>
        !text.IsEmpty && (char.IsControl(text[0]) || (Starts.Contains(text[0], StringComparison.Ordinal) && text.ContainsAnyExcept(OfNumbers)));
}
