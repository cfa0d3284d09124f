using System.Globalization;
using System.Text;
using System.Xml.Linq;

namespace TinySaver.Reports.Charts;

/// <summary>Draws marks over a pair of axes; one plot makes one SVG.</summary>
internal sealed class Plot
{
    private const double RightMargin = 16;
    private const double TickGap = 6;

    // Names at the left, as of classes, take at most this share of the width.
    private const double WidestTicks = 0.4;

    private readonly ChartSize _size;
    private readonly Scale _x;
    private readonly Scale _y;
    private readonly Box _area;
    private readonly LabelPlacer _labels;
    private readonly List<XElement> _frame = [];
    private readonly List<XElement> _clipped = [];
    private readonly List<XElement> _marks = [];
    private readonly List<LabelWish> _wishes = [];

    /// <summary>Draws the axes.</summary>
    /// <param name="size">The chart's size.</param>
    /// <param name="x">The horizontal axis.</param>
    /// <param name="y">The vertical axis.</param>
    /// <param name="xTitle">What the horizontal axis shows.</param>
    /// <param name="yTitle">What the vertical axis shows, written above it; empty for names that need no title.</param>
    public Plot(ChartSize size, Scale x, Scale y, string xTitle, string yTitle)
    {
        (_size, _x, _y) = (size, x, y);
        IReadOnlyList<Tick> yTicks = y.Ticks((int)(size.Height / 45));
        double top = yTitle.Length > 0 ? ChartText.LineHeight + 11 : 8;
        double bottom = size.Height - (2 * ChartText.LineHeight) - 12;
        double tickWidth = Math.Min(yTicks.Max(t => ChartText.Width(t.Text)), WidestTicks * size.Width);
        double left = tickWidth + TickGap + 4;
        _area = new Box(left, top, size.Width - left - RightMargin, bottom - top);
        _labels = new LabelPlacer(_area);
        YAxis(yTicks, tickWidth, yTitle);
        XAxis(x.Ticks((int)(_area.Width / 60)), xTitle);
    }

    /// <summary>A line through points, cut off where it leaves the axes.</summary>
    public void Line(IEnumerable<(double X, double Y)> points, string css, string? tooltip = null)
    {
        var path = new StringBuilder();
        (double X, double Y)? before = null;
        foreach ((double x, double y) in points)
        {
            (double X, double Y) at = (X(x), Y(y));
            path.Append(CultureInfo.InvariantCulture, $"{(path.Length == 0 ? "" : " ")}{Svg.Number(at.X - _area.Left)},{Svg.Number(at.Y - _area.Top)}");
            AvoidStroke(before ?? at, at);
            before = at;
        }

        _clipped.Add(Svg.Element("polyline", "mark line " + css, new XAttribute("points", path.ToString()), Tooltip(tooltip)));
    }

    /// <summary>A point; left out where it lies beyond the axes.</summary>
    public void Point(double x, double y, double radius, string css, string? tooltip = null, string? label = null)
    {
        if (_x.Position(x) is < -1e-9 or > 1 + 1e-9 || _y.Position(y) is < -1e-9 or > 1 + 1e-9)
            return;

        _labels.Take(new Box(X(x) - radius, Y(y) - radius, 2 * radius, 2 * radius));
        _marks.Add(Svg.Element(
            "circle", "mark point " + css, Svg.At("cx", X(x)), Svg.At("cy", Y(y)), Svg.At("r", radius), Tooltip(tooltip)));
        if (label is not null)
            _wishes.Add(new LabelWish([(X(x), Y(y))], css, label, false));
    }

    /// <summary>A bar between two corners.</summary>
    public void Bar(double x1, double y1, double x2, double y2, string css, string? tooltip = null) =>
        Bar(Span(X(x1), X(x2), Y(y1), Y(y2)), css, tooltip);

    /// <summary>A horizontal bar along a category's row.</summary>
    /// <param name="category">The category's index on a vertical <see cref="CategoryScale"/>.</param>
    /// <param name="from">Where it starts.</param>
    /// <param name="to">Where it ends.</param>
    /// <param name="css">Its CSS class.</param>
    /// <param name="tooltip">What it tells more closely.</param>
    /// <param name="label">What stands at its end.</param>
    public void Row(int category, double from, double to, string css, string? tooltip = null, string? label = null)
    {
        double half = Math.Min(0.36 * ((CategoryScale)_y).Band * _area.Height, 11);
        Box box = Span(X(from), X(to), Y(category) - half, Y(category) + half);
        Bar(box, css, tooltip);
        _labels.Take(box);
        if (label is not null)
            _wishes.Add(new LabelWish([(to >= from ? box.Right - 4 : box.Left + 4, Y(category))], "value", label, true));
    }

    /// <summary>A vertical line across the chart with a label.</summary>
    public void VerticalRule(double x, string css, string label)
    {
        _marks.Add(Svg.Line("rule " + css, X(x), _area.Top, X(x), _area.Bottom));
        AvoidStroke((X(x), _area.Top), (X(x), _area.Bottom));
        double half = ChartText.LineHeight / 2;
        _wishes.Insert(0, new LabelWish([(X(x), _area.Top + half), (X(x), _area.Bottom - half), (X(x), _area.Top + (_area.Height / 2))], css, label, true));
    }

    /// <summary>A horizontal line across the chart with a label.</summary>
    public void HorizontalRule(double y, string css, string label)
    {
        _marks.Add(Svg.Line("rule " + css, _area.Left, Y(y), _area.Right, Y(y)));
        AvoidStroke((_area.Left, Y(y)), (_area.Right, Y(y)));
        double above = Y(y) - (ChartText.LineHeight / 2) - 1;
        double below = Y(y) + (ChartText.LineHeight / 2) + 2;
        _wishes.Add(new LabelWish([(_area.Left - 4, above), (_area.Left - 4, below), (_area.Right + 8, above), (_area.Right + 8, below)], css, label, true));
    }

    /// <summary>A line from one corner of values to another, without a label.</summary>
    public void Diagonal(double x1, double y1, double x2, double y2, string css) =>
        _frame.Add(Svg.Line("rule " + css, X(x1), Y(y1), X(x2), Y(y2)));

    /// <summary>The finished chart.</summary>
    /// <param name="id">An id that no other chart of the page has.</param>
    /// <param name="title">What the chart shows, for those who don't see it.</param>
    /// <param name="description">What can be read from it, likewise.</param>
    public XElement ToSvg(string id, string title, string description)
    {
        string unique = $"{id}-{_size.Name}";
        return Svg.Element(
            "svg",
            "chart " + _size.Name,
            new XAttribute("viewBox", $"0 0 {Svg.Number(_size.Width)} {Svg.Number(_size.Height)}"),
            Svg.At("width", _size.Width),
            Svg.At("height", _size.Height),
            new XAttribute("role", "img"),
            new XAttribute("aria-labelledby", $"{unique}-title {unique}-desc"),
            Svg.Element("title", null, new XAttribute("id", unique + "-title"), title),
            Svg.Element("desc", null, new XAttribute("id", unique + "-desc"), description),
            _frame,
            // A nested svg clips what leaves its rectangle.
            Svg.Element(
                "svg", null, Svg.At("x", _area.Left), Svg.At("y", _area.Top), Svg.At("width", _area.Width), Svg.At("height", _area.Height), _clipped),
            _marks,
            Labels());
    }

    private double X(double value) => _area.Left + (Math.Clamp(_x.Position(value), -2, 3) * _area.Width);

    private double Y(double value) => _area.Bottom - (Math.Clamp(_y.Position(value), -2, 3) * _area.Height);

    private static Box Span(double x1, double x2, double y1, double y2) =>
        new(Math.Min(x1, x2), Math.Min(y1, y2), Math.Abs(x2 - x1), Math.Abs(y2 - y1));

    private void Bar(Box box, string css, string? tooltip)
    {
        XElement bar = Svg.Rectangle("mark bar " + css, box);
        bar.Add(Tooltip(tooltip));
        _marks.Add(bar);
    }

    private IEnumerable<XElement> Labels()
    {
        foreach (LabelWish wish in _wishes)
        {
            // What finds no room is left out: the legend and the tooltips say it too.
            if (_labels.Place(wish.Anchors, ChartText.Width(wish.Text), wish.Beside) is not (Box box, double x))
                continue;

            bool left = box.Right <= x;
            bool middle = !left && box.Left < x;
            yield return Svg.Text(
                "label " + wish.Css,
                left ? box.Right : middle ? box.Left + (box.Width / 2) : box.Left,
                box.Bottom - 4,
                left ? "end" : middle ? "middle" : "start",
                wish.Text);
        }
    }

    private void AvoidStroke((double X, double Y) from, (double X, double Y) to)
    {
        // Boxes of three pixels, as wide as a line, one every three pixels of its length.
        int steps = Math.Clamp((int)(Math.Max(Math.Abs(to.X - from.X), Math.Abs(to.Y - from.Y)) / 3), 1, 400);
        for (int i = 0; i <= steps; i++)
        {
            double share = (double)i / steps;
            var box = new Box(from.X + ((to.X - from.X) * share) - 1.5, from.Y + ((to.Y - from.Y) * share) - 1.5, 3, 3);
            if (_area.Overlaps(box))
                _labels.Avoid(box);
        }
    }

    private void YAxis(IReadOnlyList<Tick> ticks, double width, string title)
    {
        bool lines = _y is not CategoryScale;
        foreach (Tick tick in ticks)
        {
            double y = Y(tick.Value);
            if (lines)
                _frame.Add(Svg.Line("grid", _area.Left, y, _area.Right, y));

            string fitted = ChartText.Fit(tick.Text, width);
            XElement text = Svg.Text("tick", _area.Left - TickGap, y + 4, "end", fitted);
            text.Add(Tooltip(fitted == tick.Text ? null : tick.Text));
            _frame.Add(text);
        }

        if (title.Length > 0)
            _frame.Add(Svg.Text("axis", 0, ChartText.FontSize, "start", ChartText.Fit(title, _size.Width)));
    }

    private void XAxis(IReadOnlyList<Tick> ticks, string title)
    {
        double baseline = _area.Bottom + ChartText.FontSize + 5;
        double free = double.NegativeInfinity;
        foreach (Tick tick in ticks)
        {
            double x = X(tick.Value);
            double width = ChartText.Width(tick.Text);
            _frame.Add(Svg.Line(_y is CategoryScale ? "grid" : "notch", x, _y is CategoryScale ? _area.Top : _area.Bottom, x, _area.Bottom + 4));

            // The last tick's text must not leave the chart, nor may two texts touch.
            double left = Math.Min(x - (width / 2), _size.Width - width);
            if (left <= free)
                continue;

            free = left + width + 4;
            _frame.Add(Svg.Text("tick", left + (width / 2), baseline, "middle", tick.Text));
        }

        _frame.Add(Svg.Line("baseline", _area.Left, _area.Bottom, _area.Right, _area.Bottom));
        _frame.Add(Svg.Text("axis", _area.Right, baseline + ChartText.LineHeight + 1, "end", ChartText.Fit(title, _area.Right)));
    }

    private static XElement? Tooltip(string? text) => text is null ? null : Svg.Title(text);

    // Placed once all marks are known: the points beside which it may stand, the best first, and whether only the places right and left of them will do.
    private sealed record LabelWish(IReadOnlyList<(double X, double Y)> Anchors, string Css, string Text, bool Beside);
}

/// <summary>The size of a chart in CSS pixels.</summary>
/// <remarks>
/// Each chart is drawn twice and the style sheet shows one of the two: scaling one drawing would make its text unreadable on a phone or coarse
/// on a desk.
/// </remarks>
/// <param name="Name">The CSS class that shows it: <c>wide</c> or <c>narrow</c>.</param>
/// <param name="Width">Width.</param>
/// <param name="Height">Height.</param>
internal sealed record ChartSize(string Name, double Width, double Height)
{
    /// <summary>For a column of a two-column page.</summary>
    public static ChartSize Wide { get; } = new("wide", 500, 320);

    /// <summary>For a phone of 390 pixels, less the margins.</summary>
    public static ChartSize Narrow { get; } = new("narrow", 340, 270);

    /// <summary>Both, in the order in which a figure holds them.</summary>
    public static IReadOnlyList<ChartSize> All { get; } = [Wide, Narrow];
}
