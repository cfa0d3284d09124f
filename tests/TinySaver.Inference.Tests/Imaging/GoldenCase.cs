using System.Text.Json;
using TinySaver.Inference.Imaging;

namespace TinySaver.Inference.Tests.Imaging;

/// <summary>One entry of Golden/cases.json, which Golden/make_golden.py writes with Pillow.</summary>
public sealed record GoldenCase(
    string Title, string Image, string Expected, bool Lossy, int? ShortestEdge, int[]? Exact, int[]? Crop, string Rounding,
    int Resample, int Width, int Height)
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Golden");

    public static IReadOnlyList<GoldenCase> All { get; } = JsonSerializer.Deserialize<GoldenCase[]>(
        File.ReadAllBytes(Path.Combine(Folder, "cases.json")), JsonSerializerOptions.Web)!;

    public static byte[] ImageBytes(string name) => File.ReadAllBytes(Path.Combine(Folder, "images", name));

    public byte[] ExpectedPixels() => File.ReadAllBytes(Path.Combine(Folder, "expected", Expected));

    /// <summary>The case's rule without rescale, so that the floats are the 8-bit values themselves.</summary>
    public PreprocessingSpec Spec(TensorLayout layout = TensorLayout.Nhwc) => new PreprocessingSpec(
        ShortestEdge is { } edge ? ResizeRule.ShortestEdge(edge) : Exact is { } size ? ResizeRule.Exact(size[0], size[1]) : null,
        Crop is { } crop ? new CenterCrop(crop[0], crop[1], Rounding == "floor" ? CropOffset.Floor : CropOffset.HalfToEven) : null,
        (ResampleFilter)Resample,
        rescaleFactor: 1,
        layout: layout);

    public float[] Actual(TensorLayout layout = TensorLayout.Nhwc)
    {
        PreprocessingSpec spec = Spec(layout);
        using DecodedImage image = ImageDecoder.Decode(ImageBytes(Image));
        float[] tensor = new float[spec.TensorLength];
        ImagePreprocessor.Write(image, spec, tensor);
        return tensor;
    }
}
