namespace TinySaver.Reports;

/// <summary>The look that the report and other pages share.</summary>
public static class ReportStyle
{
    private const string Resource = "TinySaver.Reports.report.css";

    private static readonly Lazy<string> Read = new(() =>
    {
        using Stream stream = typeof(ReportStyle).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"The program was built without its resource {Resource}.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    });

    /// <summary>The style sheet.</summary>
    public static string Sheet => Read.Value;
}
