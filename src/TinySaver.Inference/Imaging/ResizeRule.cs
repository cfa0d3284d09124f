using System.Globalization;
using TinySaver.Core.Failures;

namespace TinySaver.Inference.Imaging;

/// <summary>To which size an image is resized: <see cref="ShortestEdge"/> or <see cref="Exact"/>.</summary>
public sealed record ResizeRule
{
    /// <summary>Longest side, in pixels, of anything that is resized to: keeps all sizes and offsets in 32 bits.</summary>
    public const int MaxSidePixels = 16_384;

    // Far beyond any photo; keeps positions in the resized image exact in 32 bits.
    private const int MaxScaledSidePixels = 100_000_000;

    private readonly int? _shortestEdge;

    private ResizeRule(int? shortestEdge, (int Width, int Height)? fixedSize) => (_shortestEdge, FixedSize) = (shortestEdge, fixedSize);

    /// <summary>The shorter side becomes <paramref name="edge"/> (1 to <see cref="MaxSidePixels"/>) pixels, the longer keeps the aspect ratio and is cut to whole pixels.</summary>
    /// <exception cref="TinySaverException">The edge is out of range.</exception>
    /// <remarks>torchvision's <c>Resize(int)</c> and transformers' <c>shortest_edge</c>: <c>int(edge * long / short)</c>.</remarks>
    public static ResizeRule ShortestEdge(int edge) => new(CheckedSide("shortest edge", edge), null);

    /// <summary>Every image becomes <paramref name="width"/> × <paramref name="height"/> pixels, each 1 to <see cref="MaxSidePixels"/>, whatever its aspect ratio.</summary>
    /// <exception cref="TinySaverException">A side is out of range.</exception>
    public static ResizeRule Exact(int width, int height) =>
        new(null, (CheckedSide("resize width", width), CheckedSide("resize height", height)));

    /// <summary>The size after the resize of an image of the given size, in pixels.</summary>
    /// <exception cref="PermanentFailureException">The image is so narrow that its longer side would become absurd.</exception>
    /// <remarks>The longer side may exceed <see cref="MaxSidePixels"/> for very long images; only the crop of it is ever computed.</remarks>
    public (int Width, int Height) OutputSize(int imageWidth, int imageHeight)
    {
        if (_shortestEdge is not { } edge)
            return FixedSize!.Value;
        (int shorter, int longer) = imageWidth <= imageHeight ? (imageWidth, imageHeight) : (imageHeight, imageWidth);
        // Whole-number division truncates exactly where Python's int(float) does: the quotients are far below 2^53.
        long scaled = (long)edge * longer / shorter;
        if (scaled > MaxScaledSidePixels)
        {
            throw new PermanentFailureException(FailureReason.TooManyPixels, string.Create(
                CultureInfo.InvariantCulture,
                $"The image is {imageWidth}×{imageHeight} pixels: resized to {this} its longer side would have {scaled} pixels; at most {MaxScaledSidePixels} are accepted."));
        }

        return imageWidth <= imageHeight ? (edge, (int)scaled) : ((int)scaled, edge);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{(FixedSize is { } size ? $"{size.Width}×{size.Height}" : $"shortest edge {_shortestEdge}")}");

    /// <summary>The size that every image gets, or null where it depends on the image.</summary>
    internal (int Width, int Height)? FixedSize { get; }

    internal static int CheckedSide(string name, int value) => value is >= 1 and <= MaxSidePixels
        ? value
        : throw new TinySaverException(string.Create(
            CultureInfo.InvariantCulture,
            $"The {name} is {value} pixels; expected 1 to {MaxSidePixels}. Correct the size in the model's preprocessing configuration."));
}
