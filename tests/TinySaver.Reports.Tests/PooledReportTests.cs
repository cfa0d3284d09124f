using TinySaver.Calibration.Search;

namespace TinySaver.Reports.Tests;

public sealed class PooledReportTests
{
    [Fact]
    public void Write_PooledSearch_SaysWhatItGainsAndShowsWhatPoolingChanged()
    {
        var report = new ReportDocument(SyntheticReports.Pooled());

        Assert.Contains("gains 0.4 points of accuracy, certified to have an accuracy not below the large model's with 95 % confidence", report.Answer, StringComparison.Ordinal);
        Assert.Contains("what later models say is pooled", report.Prose, StringComparison.Ordinal);
        Assert.Contains("What pooling changed", report.Sections);
        Assert.Contains("4 answers differ from steel-large's alone: 2 for the better, 1 for the worse", report.Prose, StringComparison.Ordinal);
        Assert.Equal(["For the better", "For the worse"], report.Root.Descendants().Where(e => e.Name.LocalName == "h3").Select(e => e.Value).Where(t => t.StartsWith("For", StringComparison.Ordinal)));
        Assert.Contains("Accuracy gained", report.Prose, StringComparison.Ordinal);
        Assert.Contains("without a loss of accuracy", report.Prose, StringComparison.Ordinal);
    }

    /// <summary>The front is never beaten by a point of any candidate, and rises from one end to the other.</summary>
    [Fact]
    public void Front_OfASearch_IsWhatNoCandidateBeats()
    {
        SearchResult search = SyntheticReports.Certified().Search!;
        Assert.All(search.Front.Skip(1).Zip(search.Front), pair => Assert.True(pair.First.DeltaC >= pair.Second.DeltaC && pair.First.Height > pair.Second.Height));
        Assert.All(search.Candidates.SelectMany(c => c.Curve), p => Assert.Contains(search.Front, f => f.DeltaC <= p.DeltaC && f.Height >= p.AccuracyCascade));
    }
}
