using TinySaver.Core.Failures;
using TinySaver.Inference.Cascades;
using TinySaver.Inference.Imaging;

namespace TinySaver.Pipeline.Cascades;

/// <summary>Runs a fresh cascade once, so that no image pays for what happens only the first time.</summary>
internal static class WarmUp
{
    // A black BMP of 2×2 pixels: 14 bytes of file header, 40 of image header, two rows of 6 bytes and 2 of padding.
    private static ReadOnlySpan<byte> BlankImage =>
    [
        (byte)'B', (byte)'M', 70, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0,
        40, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 1, 0, 24, 0, 0, 0, 0, 0, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    ];

    /// <summary>Decodes an image and asks every model that is loaded.</summary>
    public static void Run(LoadedCascade cascade, CascadeSourceOptions options)
    {
        using DecodedImage image = ImageDecoder.Decode(BlankImage);
        if (options.Savers)
        {
            // Each saver, for the first may be so sure that the others are never asked.
            foreach (CascadeModel saver in cascade.Savers.Savers)
            {
                Ask(saver, image);
            }
        }

        if (options.Large)
        {
            Ask(cascade.Large, image);
        }
    }

    private static void Ask(CascadeModel model, DecodedImage image)
    {
        try
        {
            model.Predict(image);
        }
        catch (PermanentFailureException)
        {
            // Numbers that are not finite for a black image say nothing of the images to come.
        }
    }
}
