using System.Xml.Linq;

namespace TinySaver.Reports;

/// <summary>Writes a report as one self-contained HTML file: no scripts, and nothing is fetched.</summary>
public static class ReportWriter
{
    /// <summary>Writes a report.</summary>
    /// <returns>The HTML text.</returns>
    /// <exception cref="ArgumentException">There is neither a search nor a policy.</exception>
    public static string Write(ReportInput input)
    {
        var findings = Findings.Of(input);
        var headline = Headline.Of(findings);
        bool tested = input.Test is not null && findings.HasCascade;
        XElement body = Html.Element(
            "body",
            null,
            Html.Element(
                "main",
                null,
                Summary.Of(input, findings, headline),
                KeyFigures.Of(input, findings),
                input.Search is { } all ? ComputeCharts.Of(all) : null,
                input.Search is { } found ? FrontChart.Of(found) : null,
                input.Search is { } search ? ThresholdCharts.Of(search) : null,
                tested ? ConfidenceCharts.Of(input.Test!, findings) : null,
                tested ? ClassSection.Of(input.Test!, input) : null,
                tested ? MistakeCards.Of(input.Test!, input, findings) : null,
                tested && input.Test!.Pooled is { } pooled ? PooledCards.Of(pooled, input, findings) : null,
                input.Costs is { } costs && findings.HasCascade ? MoneySection.Of(costs) : null,
                input.Search is { } candidates ? CandidateSection.Of(candidates) : null,
                Reproduction.Of(input)));
        return Page.Of(headline.Sentence, body);
    }
}
