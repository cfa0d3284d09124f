namespace TinySaver.Cli.Reports;

/// <summary>Writes a report as one self-contained HTML file.</summary>
internal static class ReportWriter
{
    /// <summary>Writes a report.</summary>
    /// <returns>The HTML text.</returns>
    /// <exception cref="ArgumentException">There is neither a search nor a policy.</exception>
    public static string Write(ReportInput input)
    {
        if (input.Search is null && input.Policy is null)
            throw new ArgumentException("A report needs a search or a policy to tell of, and got neither.", nameof(input));

        return "";
    }
}
