using TinySaver.Cli.Predictions;
using TinySaver.Reports;

namespace TinySaver.Cli.Evaluate;

/// <summary>What an HTML report shows of recorded predictions.</summary>
internal static class ReportParts
{
    /// <summary>The label texts by class index.</summary>
    public static IReadOnlyList<string> Texts(PredictionSet set) => set.LabelTexts.Count == 0
        ? []
        : [.. Enumerable.Range(0, set.LabelTexts.Keys.Max() + 1).Select(i => set.LabelTexts.GetValueOrDefault(i, $"class {i}"))];

    /// <summary>The images of a set, with their files where these are at hand.</summary>
    public static IReadOnlyList<ReportImage> Images(PredictionSet set) =>
        [.. set.Ids.Select(id => new ReportImage(id, set.DataRoot is { } root ? Path.Combine(root, id) : null))];

    /// <summary>A model as the report lists it.</summary>
    public static ReportModel Model(PredictionSet set) => new(set.Name, set.Model ?? set.Source, set.Macs, set.Milliseconds, set.ModelHash);
}
