using TinySaver.Core.Failures;
using TinySaver.Core.Names;
using TinySaver.Inference.Imaging;
using TinySaver.Inference.Imaging.Jpeg;

namespace TinySaver.Fuzz.Images;

/// <summary>Damaged images through decoding and preprocessing, held against what Skia alone says of them.</summary>
internal sealed class ImageTarget : FuzzTarget
{
    // Small, so that a damaged size costs little; the guard itself is the same at every limit.
    private static readonly DecoderOptions Limits = new() { MaxPixels = 200_000 };

    private static readonly PreprocessingSpec[] Specs =
    [
        new PreprocessingSpec(ResizeRule.ShortestEdge(20), new CenterCrop(16, 16)),
        new PreprocessingSpec(ResizeRule.Exact(24, 18), filter: ResampleFilter.Bicubic, layout: TensorLayout.Nhwc),
        new PreprocessingSpec(null, new CenterCrop(33, 17, CropOffset.HalfToEven)),
        new PreprocessingSpec(ResizeRule.ShortestEdge(64), new CenterCrop(64, 64), ResampleFilter.Bicubic),
    ];

    private readonly Corpus _corpus = new();
    private readonly float[] _tensor = new float[Specs.Max(static spec => spec.TensorLength)];

    public override string Extension => ".bin";

    public override string Try(Random random)
    {
        (string name, byte[] sound) = _corpus.Any(random);
        byte[] other = _corpus.Like(name, random);
        Input = sound.Length > 3 && name.EndsWith(".jpg", StringComparison.Ordinal) && random.Next(2) == 0
            ? JpegDamage.Apply(sound, other, random)
            : Mutator.Damage(sound, other, 700, random);
        if (name.EndsWith(".png", StringComparison.Ordinal) && random.Next(4) != 0)
            PngChecksums.Mend(Input);

        SkiaReference.Picture? expected = SkiaReference.Decode(Input, Limits);
        DecodedImage image;
        try
        {
            image = ImageDecoder.Decode(Input, Limits);
        }
        catch (PermanentFailureException refusal)
        {
            bool isStricter = SkiaReference.IsKnownToBeStricter(Input, refusal);
            if (expected is not null && !isStricter)
                throw new FuzzFault($"{name}: Skia decodes it, ours refuses it: {refusal.Message}");
            return $"{Path.GetExtension(name)} refused: {refusal.Reason.Name()}{(expected is not null ? ", stricter than Skia on purpose" : "")}";
        }

        using (image)
        {
            if (expected is null)
                throw new FuzzFault($"{name}: Skia refuses it, ours decodes it to {image.Width}×{image.Height}.");
            SkiaReference.Compare(expected, image, name);
            PreprocessingSpec spec = Specs[random.Next(Specs.Length)];
            try
            {
                ImagePreprocessor.Write(image, spec, _tensor);
            }
            catch (PermanentFailureException refusal)
            {
                return $"{Path.GetExtension(name)} refused by the preprocessing: {refusal.Reason.Name()}";
            }

            if (!_tensor.AsSpan(0, spec.TensorLength).ToArray().All(float.IsFinite))
                throw new FuzzFault($"{name}: the tensor holds a number that is not finite.");
        }

        return $"{Path.GetExtension(name)} decoded{(IsShortCut(expected) ? " by the short cut" : "")}";
    }

    // Only for the tally: that the short cut is what is tried, and how often it gives up.
    private bool IsShortCut(SkiaReference.Picture picture) =>
        Input is [0xFF, 0xD8, ..] && BaselineJpeg.TryDecode(Input, picture.Width, picture.Height, new byte[picture.Rgba.Length]);
}
