using TinySaver.Core.Failures;
using TinySaver.Inference.Imaging;

namespace TinySaver.Cli.Images;

/// <summary>Makes small pictures of image files that travel within the page.</summary>
internal static class Thumbnail
{
    // Shown at 140 CSS pixels; sharp enough on most screens and a few kilobytes of JPEG.
    private const int LongestSide = 224;

    // Twelve of them then weigh less than the rest of the page.
    private const int MostBytes = 10_000;

    private static readonly int[] Qualities = [82, 65, 45];

    /// <summary>A picture as a data URI.</summary>
    /// <returns>The URI, at most about 13,000 characters; null where the file cannot be read as an image.</returns>
    public static string? Of(string file)
    {
        try
        {
            using DecodedImage image = ImageFileReader.Decode(file);
            return "data:image/jpeg;base64," + Convert.ToBase64String(Encode(image));
        }
        catch (PermanentFailureException)
        {
            // The report tells of the mistake without the picture.
            return null;
        }
    }

    private static byte[] Encode(DecodedImage image)
    {
        byte[] jpeg = [];
        for (int side = LongestSide; side >= LongestSide / 8; side /= 2)
        {
            foreach (int quality in Qualities)
            {
                jpeg = JpegPicture.Encode(image, side, quality);
                if (jpeg.Length <= MostBytes)
                    return jpeg;
            }
        }

        return jpeg;
    }
}
