namespace TinySaver.Reports.Charts;

/// <summary>Finds room for labels beside the points that they name, so that no two texts overlap.</summary>
/// <param name="area">Where labels may lie.</param>
internal sealed class LabelPlacer(Box area)
{
    // Between a point's middle and its label.
    private const double Gap = 9;

    // A label farther off than this many lines of text no longer belongs to its point; on a line it is still legible.
    private const int MostRings = 3;

    private readonly List<Box> _taken = [];
    private readonly List<Box> _avoided = [];

    /// <summary>Keeps a rectangle free of labels.</summary>
    public void Take(Box box) => _taken.Add(box);

    /// <summary>Keeps a rectangle free of labels where there is room elsewhere.</summary>
    public void Avoid(Box box) => _avoided.Add(box);

    /// <summary>Finds room for a text beside a point: right of it or left, above or below, and then farther off.</summary>
    /// <param name="anchors">The points beside which the text may stand, the best first.</param>
    /// <param name="width">The text's width.</param>
    /// <param name="beside">Whether only the places right and left of the points will do.</param>
    /// <returns>The rectangle, which is then taken, and the point; null where there is no room.</returns>
    public (Box Box, double X)? Place(IReadOnlyList<(double X, double Y)> anchors, double width, bool beside)
    {
        foreach (bool clear in new[] { true, false })
        {
            foreach ((double x, double y) in anchors)
            {
                foreach (Box box in Candidates(x, y, width).Take(beside ? 2 : int.MaxValue))
                {
                    if (area.Holds(box) && !_taken.Exists(box.Overlaps) && !(clear && _avoided.Exists(box.Overlaps)))
                    {
                        _taken.Add(box);
                        return (box, x);
                    }
                }
            }
        }

        return null;
    }

    private static IEnumerable<Box> Candidates(double x, double y, double width)
    {
        const double height = ChartText.LineHeight;
        for (int ring = 0; ring <= MostRings; ring++)
        {
            double lift = ring * height * 0.8;
            foreach (double up in ring == 0 ? [0.0] : new[] { -lift, lift })
            {
                yield return new Box(x + Gap, y + up - (height / 2), width, height);
                yield return new Box(x - Gap - width, y + up - (height / 2), width, height);
            }

            yield return new Box(x - (width / 2), y - Gap - height - lift, width, height);
            yield return new Box(x - (width / 2), y + Gap + lift, width, height);
        }
    }
}

/// <summary>A rectangle in chart coordinates, y downwards.</summary>
/// <param name="Left">Left edge.</param>
/// <param name="Top">Top edge.</param>
/// <param name="Width">Width.</param>
/// <param name="Height">Height.</param>
internal readonly record struct Box(double Left, double Top, double Width, double Height)
{
    /// <summary>Right edge.</summary>
    public double Right => Left + Width;

    /// <summary>Bottom edge.</summary>
    public double Bottom => Top + Height;

    /// <summary>Whether two rectangles share area.</summary>
    public bool Overlaps(Box other) => Left < other.Right && other.Left < Right && Top < other.Bottom && other.Top < Bottom;

    /// <summary>Whether another rectangle lies within this one.</summary>
    public bool Holds(Box other) => other.Left >= Left && other.Right <= Right && other.Top >= Top && other.Bottom <= Bottom;
}
