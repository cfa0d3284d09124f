using System.Xml.Linq;
using TinySaver.Calibration.Evaluation;
using TinySaver.Reports.Charts;

namespace TinySaver.Reports;

/// <summary>Which classes lose and which gain.</summary>
internal static class ClassSection
{
    private const int MostBars = 14;
    private const int MostRows = 200;

    // A row of text with room around it.
    private const double RowHeight = 24;
    private const double AxisHeight = 50;
    private const double ValueWidth = 62;

    /// <summary>The section; null without labels.</summary>
    public static XElement? Of(EvaluationResult test, ReportInput input)
    {
        if (test.Classes.Count == 0)
            return null;

        ClassRow[] worst = [.. test.Classes.OrderByDescending(c => c.AccuracyDrop).ThenByDescending(c => c.Losses)];
        int lose = worst.Count(c => c.AccuracyDrop > 0);
        int gain = worst.Count(c => c.AccuracyDrop < 0);
        string classes = test.Classes.Count == 1 ? "class" : "classes";
        XElement? bars = lose + gain == 0 ? null : Bars(worst, input).ToHtml();
        XElement table = Table(worst, input);
        return Html.Section(
            "Classes",
            $"Of the {test.Classes.Count} {classes} among the test images {lose} lose accuracy, {gain} gain and {test.Classes.Count - lose - gain} stay as they were. With few images a class, single mistakes make large differences.",
            worst.Length <= MostBars
                ? Html.Element("div", "figures", bars, table)
                : Html.Element("div", null, bars, Html.Details(worst.Length > MostRows ? $"The {MostRows} classes that lose most" : "All classes in figures", table)));
    }

    private static Figure Bars(ClassRow[] worst, ReportInput input)
    {
        // Those that lose most, and where there is room those that gain most.
        ClassRow[] changed = [.. worst.Where(c => c.AccuracyDrop != 0)];
        ClassRow[] losing = [.. changed.Where(c => c.AccuracyDrop > 0).Take(Math.Max(MostBars - 4, MostBars - changed.Count(c => c.AccuracyDrop < 0)))];
        ClassRow[] gaining = [.. changed.Where(c => c.AccuracyDrop < 0).TakeLast(MostBars - losing.Length)];
        ClassRow[] shown = [.. losing, .. gaining];
        double low = -Math.Max(shown.Max(c => c.AccuracyDrop), 0);
        double high = Math.Max(shown.Max(c => -c.AccuracyDrop), 0);
        double height = (shown.Length * RowHeight) + AxisHeight;
        return new Figure
        {
            Id = "classes",
            Title = shown.Length == changed.Length ? "Change of accuracy by class" : "Change of accuracy: the classes that lose and gain most",
            Reading = "The cascade's accuracy less that of the large model alone, in points. Left loses, right gains.",
            Heights = (height, height),
            Draw = size =>
            {
                // Room at both ends for the figures beside the bars, as a share of what the class names leave.
                double share = ValueWidth / (size.Width * 0.6);
                double room = (high - low) * share / (1 - (2 * share));
                var plot = new Plot(
                    size,
                    new LinearScale(low - room, high + room, (value, step) => Tick(value, step)),
                    new CategoryScale([.. shown.Select(c => Name(c.Class, input.Labels))]),
                    "points of accuracy",
                    "");
                for (int i = 0; i < shown.Length; i++)
                {
                    ClassRow row = shown[i];
                    plot.Row(
                        i,
                        0,
                        -row.AccuracyDrop,
                        row.AccuracyDrop > 0 ? "wrong" : "right",
                        $"{Name(row.Class, input.Labels)}: {Wording.Count(row.Images, "image")}, {row.Losses} lost, {row.Gains} gained, {Amounts.Percent(row.ExitRate)} exit",
                        Wording.SignedPoints(-row.AccuracyDrop));
                }

                return plot;
            },
        };
    }

    private static string Tick(double value, double step)
    {
        string text = Amounts.Number(Math.Abs(value * 100), step < 0.01 ? (step < 0.001 ? 2 : 1) : 0);
        return value < -step / 2 ? "−" + text : value > step / 2 ? "+" + text : "0";
    }

    private static XElement Table(ClassRow[] worst, ReportInput input) => Html.Table(
        "Classes",
        worst.Take(MostRows),
        ("class", row => Name(row.Class, input.Labels)),
        ("#images", row => Amounts.Number(row.Images, 0)),
        ("#large", row => Amounts.Percent(row.AccuracyLarge)),
        ("#cascade", row => Amounts.Percent(row.AccuracyCascade)),
        ("#lost", row => Amounts.Number(row.Losses, 0)),
        ("#gained", row => Amounts.Number(row.Gains, 0)),
        ("#exit rate", row => Amounts.Percent(row.ExitRate)));

    /// <summary>A class's label, or its number where there is none.</summary>
    public static string Name(int index, IReadOnlyList<string> labels) =>
        index >= 0 && index < labels.Count ? labels[index] : $"class {index}";
}
