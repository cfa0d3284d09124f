using TinySaver.Calibration.Search;
using TinySaver.Cli.Images;
using TinySaver.Cli.Predictions;
using TinySaver.Reports;

namespace TinySaver.Cli.Evaluate;

/// <summary>What an HTML report shows of predictions, whichever command writes it.</summary>
internal static class ReportParts
{
    /// <summary>A report without its results.</summary>
    /// <param name="models">The large model's predictions, then the savers'.</param>
    /// <param name="test">The large model's predictions on the test images; null without them.</param>
    /// <param name="warning">What a reader must know first; null for nothing.</param>
    /// <param name="createdAt">When it is written.</param>
    /// <param name="data">The images.</param>
    /// <param name="facts">How to make it again, beside command and images.</param>
    public static ReportInput Of(
        IReadOnlyList<PredictionSet> models, PredictionSet? test, string? warning, DateTimeOffset createdAt, IReadOnlyList<ReportDataSet> data, IReadOnlyList<ReportFact> facts) => new(
            new(CommandLines.OfProcess(), createdAt, data, facts),
            [.. models.Select(m => new ReportModel(m.Name, m.Model ?? m.Source, m.Macs, m.Milliseconds, m.ModelHash))],
            models[0].Texts,
            test is null ? [] : [.. test.Ids.Select(id => new ReportImage(id, test.DataRoot is { } root ? Path.Combine(root, id) : null))],
            warning is null ? [] : [warning],
            Thumbnail.Of);

    /// <summary>A set of images as a report lists it.</summary>
    public static ReportDataSet DataSet(string role, string source, PredictionSet set) => new(role, source, set.Count, SampleSketch.Hash(set.Keys));
}
