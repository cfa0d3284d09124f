using System.Runtime.Intrinsics.X86;
using TinySaver.Inference.Imaging.Jpeg;

namespace TinySaver.Inference.Tests.Imaging.Jpeg;

public sealed class ColourRowsTests
{
    [Fact]
    public void ToRgb_EveryColour_IsWhatJfifSays()
    {
        Assert.SkipUnless(Avx2.IsSupported, "This processor has no AVX2.");
        byte[] luma = new byte[256 + ColourRows.Slack], blue = new byte[luma.Length], red = new byte[luma.Length], pixels = new byte[256 * 4];
        for (int i = 0; i < 256; i++)
            luma[i] = (byte)i;
        for (int colour = 0; colour < 65_536; colour++)
        {
            (int cb, int cr) = ((colour >> 8) - 128, (colour & 255) - 128);
            blue.AsSpan().Fill((byte)(colour >> 8));
            red.AsSpan().Fill((byte)colour);
            ColourRows.ToRgb(luma, blue, red, 256, pixels);
            (int r, int g, int b) = (((cr * 91881) + 32768) >> 16, ((cb * -22554) - (cr * 46802) + 32768) >> 16, ((cb * 116130) + 32768) >> 16);
            for (int y = 0; y < 256; y++)
            {
                uint expected = (uint)Math.Clamp(y + r, 0, 255) | ((uint)Math.Clamp(y + g, 0, 255) << 8) | ((uint)Math.Clamp(y + b, 0, 255) << 16) | 0xFF000000;
                if (expected != BitConverter.ToUInt32(pixels, y * 4))
                    Assert.Fail($"Y {y}, Cb {cb}, Cr {cr}: {expected:X8}, not {BitConverter.ToUInt32(pixels, y * 4):X8}");
            }
        }
    }

    [Fact]
    public void ToRgb_AnyWidth_WritesItsPixelsAndNoMore()
    {
        Assert.SkipUnless(Avx2.IsSupported, "This processor has no AVX2.");
        byte[] row = [.. Enumerable.Range(0, 100).Select(i => (byte)(i * 7))];
        byte[] whole = new byte[64 * 4];
        ColourRows.ToRgb(row, row, row, 64, whole);
        for (int width = 1; width < 64; width++)
        {
            byte[] pixels = new byte[(width * 4) + 64];
            ColourRows.ToRgb(row, row, row, width, pixels);
            Assert.True(pixels.AsSpan(0, width * 4).SequenceEqual(whole.AsSpan(0, width * 4)) && !pixels.AsSpan(width * 4).ContainsAnyExcept((byte)0), $"{width} pixels");
        }
    }
}
