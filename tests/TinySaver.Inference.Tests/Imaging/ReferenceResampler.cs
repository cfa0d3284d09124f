using TinySaver.Inference.Imaging;

namespace TinySaver.Inference.Tests.Imaging;

/// <summary>Pillow's 8-bit resize written as plainly as its definition: no windows, no vectors, whole images between the passes.</summary>
internal static class ReferenceResampler
{
    public static byte[] Resize(byte[] rgb, int width, int height, int newWidth, int newHeight, ResampleFilter filter)
    {
        byte[] middle = width == newWidth ? rgb : Pass(rgb, width, newWidth, height, filter, pixelStep: 3, rowStep: width * 3, outPixelStep: 3, outRowStep: newWidth * 3);
        return height == newHeight ? middle
            : Pass(middle, height, newHeight, newWidth, filter, pixelStep: newWidth * 3, rowStep: 3, outPixelStep: newWidth * 3, outRowStep: 3);
    }

    private static byte[] Pass(
        byte[] input, int size, int newSize, int lines, ResampleFilter filter, int pixelStep, int rowStep, int outPixelStep, int outRowStep)
    {
        byte[] output = new byte[newSize * lines * 3];
        double scale = (double)size / newSize;
        double stretch = scale < 1 ? 1 : scale;
        double support = (filter == ResampleFilter.Bilinear ? 1 : 2) * stretch;
        for (int i = 0; i < newSize; i++)
        {
            double center = (i + 0.5) * scale;
            int start = Math.Max(0, (int)(center - support + 0.5));
            int end = Math.Min(size, (int)(center + support + 0.5));
            double[] weights = Enumerable.Range(start, end - start).Select(x => Kernel((x - center + 0.5) / stretch, filter)).ToArray();
            double sum = weights.Sum();
            long[] whole = weights.Select(w => (long)Math.Round(w / sum * (1 << 22), MidpointRounding.AwayFromZero)).ToArray();
            for (int line = 0; line < lines; line++)
            {
                for (int channel = 0; channel < 3; channel++)
                {
                    long total = 1L << 21;
                    for (int x = start; x < end; x++)
                        total += whole[x - start] * input[(line * rowStep) + (x * pixelStep) + channel];
                    output[(line * outRowStep) + (i * outPixelStep) + channel] = (byte)Math.Clamp(total >> 22, 0, 255);
                }
            }
        }

        return output;
    }

    private static double Kernel(double x, ResampleFilter filter)
    {
        x = Math.Abs(x);
        if (filter == ResampleFilter.Bilinear)
            return x < 1 ? 1 - x : 0;
        // Cubic convolution (Keys) with a = −½.
        return x < 1 ? (1.5 * x * x * x) - (2.5 * x * x) + 1 : x < 2 ? (-0.5 * x * x * x) + (2.5 * x * x) - (4 * x) + 2 : 0;
    }
}
