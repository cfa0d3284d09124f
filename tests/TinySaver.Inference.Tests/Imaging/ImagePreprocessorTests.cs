using System.Buffers;
using System.Runtime.Intrinsics.X86;
using FsCheck;
using FsCheck.Fluent;
using TinySaver.Inference.Imaging;

namespace TinySaver.Inference.Tests.Imaging;

public sealed class ImagePreprocessorTests
{
    private static readonly Config Properties = Config.QuickThrowOnFailure.WithMaxTest(150);

    private static readonly Gen<(int Width, int Height, int Seed)> Sources =
        from width in Gen.Choose(1, 90) from height in Gen.Choose(1, 70) from seed in Gen.Choose(0, 1_000_000) select (width, height, seed);

    private static readonly Gen<ResampleFilter> Filters = Gen.Elements(ResampleFilter.Bilinear, ResampleFilter.Bicubic);

    [Fact]
    public void Write_FourPixelsToTwo_EqualsHandComputation()
    {
        // Reduction by 2, triangle of support 2. The first output's centre is 1; pixels 0, 1, 2 lie ½, ½, 1½ from it: weights ¾, ¾, ¼,
        // over their sum 3/7, 3/7, 1/7; red is (0·3 + 70·3 + 140)/7 = 50. The second is the mirror image: (70 + 140·3 + 210·3)/7 = 160.
        byte[] rgb = [0, 10, 255, 70, 10, 255, 140, 10, 255, 210, 10, 255];
        float[] actual = Run(4, 1, rgb, new PreprocessingSpec(ResizeRule.Exact(2, 1), rescaleFactor: 1, layout: TensorLayout.Nhwc));
        Assert.Equal([50, 10, 255, 160, 10, 255], actual);
    }

    [Fact]
    public void Write_Normalisation_EqualsHandComputation()
    {
        byte[] rgb = [51, 102, 255];
        var spec = new PreprocessingSpec(ResizeRule.Exact(1, 1), mean: new(0.2f, 0.2f, 0.5f), std: new(0.5f, 0.1f, 0.25f));
        float[] actual = Run(1, 1, rgb, spec);
        Assert.Equal(0f, actual[0], 1e-6);
        Assert.Equal(2f, actual[1], 1e-6);
        Assert.Equal(2f, actual[2], 1e-6);
        float[] shifted = Run(1, 1, rgb, new PreprocessingSpec(ResizeRule.Exact(1, 1), rescaleFactor: 1 / 127.5f, rescaleOffset: -1));
        Assert.Equal(-0.6f, shifted[0], 1e-6);
        Assert.Equal(1f, shifted[2], 1e-6);
    }

    [Fact]
    public void Write_Normalisation_EqualsTheThreeStepsOfTheProcessors()
    {
        byte[] rgb = TestImages.RandomPixels(40, 40, 3);
        float[] mean = [0.485f, 0.456f, 0.406f], std = [0.229f, 0.224f, 0.225f];
        var spec = new PreprocessingSpec(
            null, new CenterCrop(40, 40), mean: new(mean[0], mean[1], mean[2]), std: new(std[0], std[1], std[2]), layout: TensorLayout.Nhwc);
        float[] actual = Run(40, 40, rgb, spec);
        for (int i = 0; i < actual.Length; i++)
        {
            // transformers: float64 product cast to float32, then two float32 operations.
            float expected = ((float)(rgb[i] * (1.0 / 255)) - mean[i % 3]) / std[i % 3];
            Assert.Equal(expected, actual[i], 2e-6);
        }
    }

    [Fact]
    public void Write_Padding_IsBlackThatIsNormalisedToo()
    {
        var spec = new PreprocessingSpec(null, new CenterCrop(3, 3), rescaleFactor: 1, mean: new(1, 2, 3), layout: TensorLayout.Nhwc);
        float[] actual = Run(1, 1, [9, 9, 9], spec);
        Assert.Equal([-1, -2, -3], actual[..3]);
        Assert.Equal([8, 7, 6], actual[12..15]);
        Assert.Equal([-1, -2, -3], actual[24..]);
    }

    [Fact]
    public void Write_AnyImage_EqualsPlainReference()
    {
        Gen<((int Width, int Height, int Seed) source, int width, int height, ResampleFilter filter)> cases =
            from source in Sources
            from width in Gen.Choose(1, 90)
            from height in Gen.Choose(1, 70)
            from filter in Filters
            select (source, width, height, filter);
        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            byte[] rgb = TestImages.RandomPixels(c.source.Width, c.source.Height, c.source.Seed);
            byte[] expected = ReferenceResampler.Resize(rgb, c.source.Width, c.source.Height, c.width, c.height, c.filter);
            var spec = new PreprocessingSpec(ResizeRule.Exact(c.width, c.height), filter: c.filter, rescaleFactor: 1, layout: TensorLayout.Nhwc);
            return Run(c.source.Width, c.source.Height, rgb, spec).AsSpan().SequenceEqual(Array.ConvertAll(expected, b => (float)b));
        }).Check(Properties);
    }

    [Fact]
    public void Run_AllRegisterWidths_GiveTheSameRow()
    {
        Gen<(int size, int output, ResampleFilter filter, int seed)> cases = from size in Gen.Choose(1, 400) from output in Gen.Choose(1, 300) from filter in Filters from seed in Gen.Choose(0, 9999) select (size, output, filter, seed);
        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            byte[] row = new byte[(c.size * 4) + HorizontalPass.ReadSlackBytes];
            new Random(c.seed).NextBytes(row);
            byte[] rgb = new byte[c.size * 3];
            for (int i = 0; i < rgb.Length; i++)
                rgb[i] = row[(i / 3 * 4) + (i % 3)];
            byte[] expected = ReferenceResampler.Resize(rgb, c.size, 1, c.output, 1, c.filter);
            using var weights = ResampleWeights.Compute(c.size, c.output, c.filter, 0, c.output);
            byte[] wide = new byte[c.output * 4], narrow = new byte[c.output * 4];
            HorizontalPass.Run512(row, weights, wide);
            HorizontalPass.Run128(row, weights, narrow);
            for (int i = 0; c.size != c.output && i < expected.Length; i++)
                Assert.Equal(expected[i], narrow[(i / 3 * 4) + (i % 3)]);
            return wide.AsSpan().SequenceEqual(narrow) && (!Avx2.IsSupported || Enumerable.Range(0, HorizontalPass.Rows).All(place => IsAtItsPlaceOnly(place)));

            bool IsAtItsPlaceOnly(int place)
            {
                byte[] black = new byte[row.Length], rows = new byte[HorizontalPass.Rows * ((c.output * 4) + 12)];
                HorizontalPass.RunAvx2(place == 0 ? row : black, place == 1 ? row : black, place == 2 ? row : black, place == 3 ? row : black, weights, rows, (c.output * 4) + 12);
                byte[] only = new byte[rows.Length];
                narrow.CopyTo(only, place * ((c.output * 4) + 12));
                return rows.AsSpan().SequenceEqual(only);
            }
        }).Check(Properties);
    }

    [Fact]
    public void Run_RowsOfAnyNumberFromAnyPlaceOfTheRing_GiveThePlainSums()
    {
        Assert.SkipUnless(Avx2.IsSupported, "This processor has no AVX2.");
        Gen<(int rows, int first, int count, int bytes, int seed)> cases =
            from rows in Gen.Choose(1, 40) from first in Gen.Choose(0, rows - 1) from count in Gen.Choose(1, rows) from bytes in Gen.Choose(1, 200) from seed in Gen.Choose(0, 9999) select (rows, first, count, bytes, seed);
        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var random = new Random(c.seed);
            byte[] ring = new byte[(c.rows * c.bytes) + VerticalPass.SlackBytes];
            random.NextBytes(ring);
            int[] weights = [.. Enumerable.Range(0, c.count).Select(_ => random.Next(-(1 << 22), (1 << 22) + 1) / c.count)];
            byte[] any = new byte[c.bytes + VerticalPass.SlackBytes], pairs = new byte[any.Length];
            VerticalPass.RunAny(ring, c.bytes, c.rows, c.first, weights, any, c.bytes);
            VerticalPass.RunAvx2(ring, c.bytes, c.rows, c.first, weights, pairs, c.bytes);
            return Enumerable.Range(0, c.bytes).All(b =>
            {
                long sum = ResampleWeights.Half + weights.Select((w, i) => (long)w * ring[((c.first + i) % c.rows * c.bytes) + b]).Sum();
                return any[b] == Math.Clamp(sum >> ResampleWeights.PrecisionBits, 0, 255) && pairs[b] == any[b];
            });
        }).Check(Properties);
    }

    [Fact]
    public void Write_ConstantImage_StaysConstant()
    {
        Gen<((int Width, int Height, int Seed) source, int size, ResampleFilter filter)> cases = from source in Sources from size in Gen.Choose(1, 120) from filter in Filters select (source, size, filter);
        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            byte[] rgb = new byte[c.source.Width * c.source.Height * 3];
            byte value = (byte)c.source.Seed;
            rgb.AsSpan().Fill(value);
            var spec = new PreprocessingSpec(ResizeRule.Exact(c.size, (c.size / 2) + 1), filter: c.filter, rescaleFactor: 1);
            return Run(c.source.Width, c.source.Height, rgb, spec).All(v => v == value);
        }).Check(Properties);
    }

    [Fact]
    public void Write_ResizeWithCrop_EqualsCropOfTheWholeResize()
    {
        Gen<((int Width, int Height, int Seed) source, int edge, CenterCrop crop, ResampleFilter filter)> cases =
            from source in Sources
            from edge in Gen.Choose(1, 60)
            from width in Gen.Choose(1, 100)
            from height in Gen.Choose(1, 100)
            from filter in Filters
            from offset in Gen.Elements(CropOffset.Floor, CropOffset.HalfToEven)
            select (source, edge, crop: new CenterCrop(width, height, offset), filter);
        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            byte[] rgb = TestImages.RandomPixels(c.source.Width, c.source.Height, c.source.Seed);
            var rule = ResizeRule.ShortestEdge(c.edge);
            (int width, int height) = rule.OutputSize(c.source.Width, c.source.Height);
            byte[] whole = ReferenceResampler.Resize(rgb, c.source.Width, c.source.Height, width, height, c.filter);
            float[] actual = Run(c.source.Width, c.source.Height, rgb, new PreprocessingSpec(rule, c.crop, c.filter, rescaleFactor: 1, layout: TensorLayout.Nhwc));
            for (int i = 0; i < actual.Length; i++)
            {
                (int x, int y) = ((i / 3 % c.crop.Width) + c.crop.Left(width), (i / 3 / c.crop.Width) + c.crop.Top(height));
                bool inside = x >= 0 && x < width && y >= 0 && y < height;
                if (actual[i] != (inside ? whole[(((y * width) + x) * 3) + (i % 3)] : 0))
                    return false;
            }

            return true;
        }).Check(Properties);
    }

    [Fact]
    public void Write_ManyThreadsAndSpecsOnOneImage_GiveWhatOneThreadGives()
    {
        using DecodedImage image = ImageDecoder.Decode(GoldenCase.ImageBytes("photo-2.jpg"));
        PreprocessingSpec[] specs =
        [
            new PreprocessingSpec(ResizeRule.ShortestEdge(96), new CenterCrop(80, 80)),
            new PreprocessingSpec(ResizeRule.Exact(64, 48), filter: ResampleFilter.Bicubic, layout: TensorLayout.Nhwc),
            new PreprocessingSpec(ResizeRule.Exact(400, 300), mean: new(0.5f, 0.5f, 0.5f), std: new(0.5f, 0.5f, 0.5f)),
        ];
        float[][] expected = specs.Select(spec => Tensor(image, spec)).ToArray();

        Parallel.For(0, 64, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = TestContext.Current.CancellationToken }, i =>
            Assert.Equal(expected[i % specs.Length], Tensor(image, specs[i % specs.Length])));
    }

    [Fact]
    public void Write_ShortDestination_SaysWhatItNeeds()
    {
        using DecodedImage image = ImageDecoder.Decode(TestImages.Png(2, 2, TestImages.RandomPixels(2, 2, 1)));
        var spec = new PreprocessingSpec(ResizeRule.Exact(4, 4));
        ArgumentException error = Assert.Throws<ArgumentException>(() => ImagePreprocessor.Write(image, spec, new float[47]));
        Assert.Contains("47 floats; the tensor of 4×4 needs 48", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_LargeImage_AllocatesNoMoreThanForASmallOne()
    {
        var spec = new PreprocessingSpec(ResizeRule.ShortestEdge(64), new CenterCrop(56, 56));
        float[] tensor = new float[spec.TensorLength];
        byte[] small = TestImages.Png(70, 70, TestImages.RandomPixels(70, 70, 5));
        byte[] large = TestImages.Png(1400, 1100, TestImages.RandomPixels(1400, 1100, 5));

        // The second call is the one that counts: the first fills the pool.
        (long ofSmall, long ofLarge) = (Allocated(small), Allocated(large));

        Assert.InRange(ofLarge, 0, ofSmall + 1024);
        Assert.InRange(ofSmall, 0, 8 * 1024);

        long Allocated(byte[] file)
        {
            long bytes = 0L;
            for (int round = 0; round < 3; round++)
            {
                long before = GC.GetAllocatedBytesForCurrentThread();
                using (DecodedImage image = ImageDecoder.Decode(file))
                    ImagePreprocessor.Write(image, spec, tensor);
                bytes = GC.GetAllocatedBytesForCurrentThread() - before;
            }

            return bytes;
        }
    }

    private static float[] Tensor(DecodedImage image, PreprocessingSpec spec)
    {
        float[] tensor = new float[spec.TensorLength];
        ImagePreprocessor.Write(image, spec, tensor);
        return tensor;
    }

    // Straight from pixels: property tests need no codec in between. What lies behind the pixels and in their fourth byte must not matter.
    private static float[] Run(int width, int height, byte[] rgb, PreprocessingSpec spec)
    {
        byte[] pixels = DecodedImage.Rent(width, height);
        pixels.AsSpan().Fill(0xEE);
        for (int i = 0; i < rgb.Length; i++)
            pixels[(i / 3 * 4) + (i % 3)] = rgb[i];
        using var image = new DecodedImage(pixels, width, height);
        return Tensor(image, spec);
    }
}
