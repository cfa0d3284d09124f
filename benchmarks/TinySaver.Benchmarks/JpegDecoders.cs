using System.Globalization;
using System.Runtime.InteropServices;
using SkiaSharp;
using TinySaver.Inference.Imaging;

namespace TinySaver.Benchmarks;

/// <summary>CPU time from a JPEG's bytes to its RGB pixels: ours and what else could be had. Run it on one core: <c>taskset -c 0</c>.</summary>
/// <remarks>Round robin over the decoders, so that all see the same neighbours; the median over rounds of the whole process's CPU time.</remarks>
internal static partial class JpegDecoders
{
    private const int WarmUpRounds = 4;
    private const int Rounds = 25;
    private const int Rgb = 0;
    private const int RgbBytes = 3;

    // Kept from call to call, as ours keeps its own.
    private static byte[] _pixels = [];

    /// <summary>Measures the decoders.</summary>
    /// <param name="others">More of them, by name.</param>
    public static void Run(params (string Name, Action<byte[]> Decode)[] others)
    {
        NetVips.NetVips.Concurrency = 1;
        NetVips.Cache.Max = 0;
        foreach ((int width, int height, int calls) in ((int, int, int)[])[(640, 480, 40), (4000, 3000, 2)])
        {
            byte[] jpeg = PreprocessingBenchmarks.Photo(width, height);
            (string Name, Action<byte[]> Decode, List<double> Milliseconds)[] decoders =
            [
                ("TinySaver", static bytes => ImageDecoder.Decode(bytes).Dispose(), []),
                ("SkiaSharp", static bytes => SKBitmap.Decode(bytes).Dispose(), []),
                ("NetVips", static bytes =>
                {
                    using var image = NetVips.Image.NewFromBuffer(bytes);
                    image.WriteToMemory<byte>();
                }, []),
                .. NativeLibrary.TryLoad(TurboJpeg, out _) ? [("libturbojpeg by P/Invoke", DecodeByTurboJpeg, new List<double>())] : ((string, Action<byte[]>, List<double>)[])[],
                .. others.Select(o => (o.Name, o.Decode, new List<double>())),
            ];
            for (int round = 0; round < WarmUpRounds + Rounds; round++)
            {
                foreach ((_, Action<byte[]> decode, List<double> milliseconds) in decoders)
                {
                    TimeSpan before = Environment.CpuUsage.TotalTime;
                    for (int i = 0; i < calls; i++)
                        decode(jpeg);
                    if (round >= WarmUpRounds)
                        milliseconds.Add((Environment.CpuUsage.TotalTime - before).TotalMilliseconds / calls);
                }
            }

            foreach ((string name, _, List<double> milliseconds) in decoders)
            {
                milliseconds.Sort();
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"| {name} | {width}×{height} | {milliseconds[milliseconds.Count / 2]:F2} ms | {milliseconds[0]:F2} ms |"));
            }
        }
    }

    private const string TurboJpeg = "libturbojpeg.so.0";

    private static void DecodeByTurboJpeg(byte[] jpeg)
    {
        nint decoder = tjInitDecompress();
        if (tjDecompressHeader3(decoder, jpeg, (nuint)jpeg.Length, out int width, out int height, out _, out _) != 0
            || tjDecompress2(decoder, jpeg, (nuint)jpeg.Length, Pixels(width * height * RgbBytes), width, 0, height, Rgb, 0) != 0)
        {
            throw new InvalidOperationException("libturbojpeg could not decode the benchmark's JPEG.");
        }

        _ = tjDestroy(decoder);
    }

    private static byte[] Pixels(int length) => _pixels.Length == length ? _pixels : _pixels = new byte[length];

#pragma warning disable SYSLIB1054, CA1401, IDE1006 // Names as in turbojpeg.h.
    [LibraryImport(TurboJpeg)]
    private static partial nint tjInitDecompress();

    [LibraryImport(TurboJpeg)]
    private static partial int tjDecompressHeader3(nint handle, byte[] jpeg, nuint size, out int width, out int height, out int subsampling, out int colours);

    [LibraryImport(TurboJpeg)]
    private static partial int tjDecompress2(nint handle, byte[] jpeg, nuint size, byte[] pixels, int width, int pitch, int height, int format, int flags);

    [LibraryImport(TurboJpeg)]
    private static partial int tjDestroy(nint handle);
#pragma warning restore SYSLIB1054, CA1401, IDE1006
}
