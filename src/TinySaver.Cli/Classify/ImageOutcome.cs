using TinySaver.Core.Labels;
using TinySaver.Pipeline.Tables;

namespace TinySaver.Cli.Classify;

/// <summary>What became of one image.</summary>
/// <param name="Path">The path as given.</param>
/// <param name="TrueClass">The true class, where it is known.</param>
/// <param name="Row">The image's row: labelled or failed.</param>
/// <param name="Macs">Multiply-accumulate operations that the cascade spent on the image.</param>
internal sealed record ImageOutcome(string Path, int? TrueClass, LabelRow Row, long Macs = 0)
{
    /// <summary>The columns of the labels file.</summary>
    public static IReadOnlyList<Column<ImageOutcome>> Columns { get; } =
    [
        new("path", typeof(string), o => o.Path),
        .. Column<ImageOutcome>.OfLabels(ColumnReach.Everywhere, o => o.Row).Select(AsTheModelSaidIt)
            .Before("topK", new("trueClassIndex", typeof(int?), o => o.TrueClass)),
    ];

    /// <summary>Whether the image has its label.</summary>
    public bool IsLabelled => Row.Status == LabelStatus.Labelled;

    // A model's confidence is a float; written as a double it would have digits that nobody computed.
    private static Column<ImageOutcome> AsTheModelSaidIt(Column<ImageOutcome> column) => column.Type == typeof(double?)
        ? column with { Type = typeof(float?), Read = o => (float?)(double?)column.Read(o) }
        : column;
}
