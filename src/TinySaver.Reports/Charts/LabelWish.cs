namespace TinySaver.Reports.Charts;

/// <summary>A label that a plot wants to show, placed once all marks are known.</summary>
/// <param name="Anchors">The points beside which it may stand, the best first.</param>
/// <param name="Css">Its CSS class.</param>
/// <param name="Text">The text.</param>
/// <param name="Beside">Whether only the places right and left of the points will do.</param>
internal sealed record LabelWish(IReadOnlyList<(double X, double Y)> Anchors, string Css, string Text, bool Beside);
