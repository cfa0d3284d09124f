#:package SkiaSharp
#:package SkiaSharp.NativeAssets.Linux.NoDependencies
#:property Optimize=true

// Draws the sample domain: camera frames of steel strip, sound or with one of six surface defects.
//   dotnet run samples/generate-images.cs -- --count 700 --seed 42 --out /tmp/steel
// Every image depends on (seed, index) alone, so the same arguments give the same bytes however many threads draw.

using System.Diagnostics;
using System.Globalization;
using System.Text;
using SkiaSharp;

if (args is ["--help" or "-h" or "-?"])
{
    Console.WriteLine(Options.Usage);
    return 0;
}

Options options;
try
{
    options = Options.Parse(args);
    options.RefuseForeignImages();
}
catch (ArgumentException refusal)
{
    Console.Error.WriteLine($"generate-images: {refusal.Message}");
    Console.Error.WriteLine(Options.Usage);
    return 2;
}

var watch = Stopwatch.StartNew();
string[] lines = new string[options.Count];
try
{
    foreach (string label in Steel.Labels)
        Directory.CreateDirectory(Path.Combine(options.Out, label));

    Parallel.For(0, options.Count, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, () => new Frame(), (index, _, frame) =>
    {
        (string label, float difficulty) = Steel.Draw(frame, options.Seed, index);
        string path = options.PathOf(index);
        File.WriteAllBytes(Path.Combine(options.Out, path), frame.EncodeJpeg(options.Quality));
        lines[index] = string.Create(CultureInfo.InvariantCulture, $"{path},{label},{difficulty:F4},{options.Seed}");
        return frame;
    }, frame => frame.Dispose());

    Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(options.Manifest))!);
    File.WriteAllText(options.Manifest, $"path,label,difficulty,seed\n{string.Join('\n', lines)}\n", new UTF8Encoding(false));
}
catch (Exception failure) when (Reason(failure) is { } reason)
{
    Console.Error.WriteLine($"generate-images: cannot write to '{options.Out}': {reason} Choose a folder that can be written with --out.");
    return 1;
}

Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
    $"{options.Count} images in {options.Out} ({options.Count / watch.Elapsed.TotalSeconds:F0} images/s), manifest {options.Manifest}"));
return 0;

// Parallel.For wraps what its bodies throw; anything but an I/O failure is a defect of this program and stays unhandled.
static string? Reason(Exception failure) => failure switch
{
    AggregateException many => Reason(many.InnerExceptions[0]),
    IOException or UnauthorizedAccessException => failure.Message,
    _ => null,
};

/// <summary>What the command line asks for.</summary>
internal sealed record Options(int Count, long Seed, string Out, string Manifest, int Quality)
{
    public const string Usage = """
        usage: dotnet run samples/generate-images.cs -- --count N --seed S --out DIR [--quality Q] [--manifest FILE]
          --count N        images to draw, 1 to 1000000; the seven classes take turns
          --seed S         whole number from 0; the same seed gives the same bytes
          --out DIR        folder that gets one folder per class
          --quality Q      JPEG quality, 1 to 100 (default 84)
          --manifest FILE  list of path, label, difficulty and seed (default DIR/manifest.csv)
        """;

    // About 23 KB a frame: what an inspection camera's own JPEG stream uses, with the finest cracks intact.
    private const int DefaultQuality = 84;
    private const int MaxCount = 1_000_000;

    public static Options Parse(string[] args)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        for (int i = 0; i < args.Length; i += 2)
        {
            if (args[i] is not ("--count" or "--seed" or "--out" or "--quality" or "--manifest"))
                throw new ArgumentException($"unknown argument '{args[i]}'.");
            if (i + 1 == args.Length)
                throw new ArgumentException($"{args[i]} needs a value after it.");
            if (!values.TryAdd(args[i], args[i + 1]))
                throw new ArgumentException($"{args[i]} is given twice; give it once.");
        }

        string folder = Required(values, "--out");
        return new Options(
            (int)Number(Required(values, "--count"), "--count", 1, MaxCount),
            Number(Required(values, "--seed"), "--seed", 0, long.MaxValue),
            folder,
            values.GetValueOrDefault("--manifest", Path.Combine(folder, "manifest.csv")),
            values.TryGetValue("--quality", out string? quality) ? (int)Number(quality, "--quality", 1, 100) : DefaultQuality);
    }

    /// <summary>The path of an image relative to <see cref="Out"/>, with forward slashes.</summary>
    public string PathOf(int index) =>
        string.Create(CultureInfo.InvariantCulture, $"{Steel.LabelOf(index)}/{Seed}-{index:D6}.jpg");

    /// <summary>Refuses a folder that holds images of another run: a mixed set would leak training images into a test.</summary>
    public void RefuseForeignImages()
    {
        if (File.Exists(Out))
            throw new ArgumentException($"--out '{Out}' is a file; name a folder.");
        var own = Enumerable.Range(0, Count).Select(PathOf).ToHashSet(StringComparer.Ordinal);
        string? foreign = Steel.Labels
            .Where(label => Directory.Exists(Path.Combine(Out, label)))
            .SelectMany(label => Directory
                .EnumerateFiles(Path.Combine(Out, label))
                .Select(file => $"{label}/{Path.GetFileName(file)}"))
            .FirstOrDefault(path => !own.Contains(path));
        if (foreign is not null)
            throw new ArgumentException($"--out '{Out}' already holds '{foreign}', which is not of this run; name an empty folder or delete it.");
    }

    private static string Required(Dictionary<string, string> values, string name) =>
        values.TryGetValue(name, out string? value) && value.Length > 0 ? value : throw new ArgumentException($"{name} is missing.");

    private static long Number(string text, string name, long min, long max) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value) && value >= min && value <= max
            ? value
            : throw new ArgumentException($"{name} is '{text}'; it must be a whole number from {min} to {max}.");
}

/// <summary>The domain: its labels, and how one image comes about.</summary>
internal static class Steel
{
    public static readonly string[] Labels = ["none", "scratches", "pits", "patches", "inclusion", "crazing", "rolled-in-scale"];

    // Above 1: most frames are easy, with a thin tail of hard ones, as on a line that runs well.
    private const double DifficultyExponent = 1.6;

    public static string LabelOf(int index) => Labels[index % Labels.Length];

    /// <summary>Draws one image of the set that a seed names; difficulty runs from 0 (obvious) to 1 (hard to see).</summary>
    public static (string Label, float Difficulty) Draw(Frame frame, long seed, int index)
    {
        var random = new Chance((ulong)seed, (ulong)index);
        string label = LabelOf(index);
        float difficulty = (float)Math.Pow(random.Unit(), DifficultyExponent);

        frame.Begin(random);
        Distractors.Draw(frame, random, difficulty);
        Defects.Draw(frame, random, label, difficulty);
        frame.Expose(random, difficulty);
        return (label, difficulty);
    }
}

/// <summary>SplitMix64, seeded by (seed, index): whole-number arithmetic that gives the same stream on every machine.</summary>
internal sealed class Chance(ulong seed, ulong index)
{
    private ulong _state = Mix(Mix(seed + 0x9E3779B97F4A7C15) ^ (index * 0xD1B54A32D192ED03));

    public ulong Bits() => Mix(_state += 0x9E3779B97F4A7C15);

    /// <summary>Uniform in [0, 1).</summary>
    public float Unit() => (Bits() >> 40) * (1f / (1 << 24));

    public float Between(float low, float high) => low + ((high - low) * Unit());

    public int Between(int low, int highInclusive) => low + (int)((highInclusive - low + 1) * Unit());

    public bool Happens(float probability) => Unit() < probability;

    /// <summary>A value from one range at difficulty 0, from another at difficulty 1, and from in between otherwise.</summary>
    public float Fade((float Low, float High) easy, (float Low, float High) hard, float difficulty)
    {
        float u = Unit();
        float atEase = easy.Low + ((easy.High - easy.Low) * u);
        return atEase + ((hard.Low + ((hard.High - hard.Low) * u) - atEase) * difficulty);
    }

    /// <summary>Nearly normal with deviation 1: the sum of four 16-bit uniforms, cheap enough for every pixel.</summary>
    public float Normal()
    {
        ulong bits = Bits();
        int sum = (int)(bits & 0xFFFF) + (int)((bits >> 16) & 0xFFFF) + (int)((bits >> 32) & 0xFFFF) + (int)(bits >> 48);
        return (sum - 131070) * (1.7320508f / 65536);
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}

/// <summary>Smooth value noise over a lattice of random numbers.</summary>
internal sealed class Lattice
{
    private const int Side = 64;
    private readonly float[] _values = new float[Side * Side];

    public void Fill(Chance random)
    {
        for (int i = 0; i < _values.Length; i++)
            _values[i] = random.Between(-1f, 1f);
    }

    /// <summary>Noise in [-1, 1] with features one unit apart.</summary>
    public float At(float x, float y)
    {
        float floorX = MathF.Floor(x), floorY = MathF.Floor(y);
        int x0 = (int)floorX & (Side - 1), y0 = ((int)floorY & (Side - 1)) * Side;
        int x1 = (x0 + 1) & (Side - 1), y1 = (y0 + Side) & ((Side * Side) - 1);
        float u = Curve.Smooth(x - floorX), v = Curve.Smooth(y - floorY);
        float top = _values[y0 + x0] + (u * (_values[y0 + x1] - _values[y0 + x0]));
        float bottom = _values[y1 + x0] + (u * (_values[y1 + x1] - _values[y1 + x0]));
        return top + (v * (bottom - top));
    }

    /// <summary>Three octaves of noise, in about [-1, 1].</summary>
    public float Rough(float x, float y) =>
        (0.57f * At(x, y)) + (0.29f * At((x * 2.1f) + 17, (y * 2.1f) + 5)) + (0.14f * At((x * 4.3f) + 41, (y * 4.3f) + 29));

    /// <summary>The random number of one lattice point, for jitter.</summary>
    public float Point(int x, int y, int channel) =>
        _values[(((y + (channel * 23)) & (Side - 1)) * Side) + ((x + (channel * 11)) & (Side - 1))];
}

internal static class Curve
{
    public static float Smooth(float t) => t * t * (3 - (2 * t));

    /// <summary>0 below <paramref name="low"/>, 1 above <paramref name="high"/>, smooth between.</summary>
    public static float Step(float low, float high, float value) => Smooth(Math.Clamp((value - low) / (high - low), 0, 1));
}

/// <summary>One camera frame under construction: first the surface's reflectance, around 1, then what the sensor makes of it.</summary>
internal sealed class Frame : IDisposable
{
    public const int Width = 640;
    public const int Height = 480;

    private readonly float[] _surface = new float[Width * Height];
    private readonly float[] _warmth = new float[Width * Height];
    private readonly float[] _work = new float[Width * Height];
    private readonly SKBitmap _bitmap = new(Width, Height, SKColorType.Rgba8888, SKAlphaType.Opaque);

    /// <summary>The frame's own noise, for every ragged edge and uneven tone.</summary>
    public Lattice Noise { get; } = new();

    /// <summary>Slope of the rolling direction against the image's rows, about -0.06 to 0.06.</summary>
    public float Slope { get; private set; }

    public void Dispose() => _bitmap.Dispose();

    /// <summary>Starts a sound, brushed and slightly mottled surface.</summary>
    public void Begin(Chance random)
    {
        Noise.Fill(random);
        Array.Clear(_warmth);
        Slope = random.Between(-0.06f, 0.06f);
        float memory = 1 - (1 / random.Between(25f, 140f));
        float brush = random.Between(0.012f, 0.04f) * MathF.Sqrt(1 - (memory * memory));
        float mottle = random.Between(0.01f, 0.05f), scale = 1 / random.Between(60f, 160f);
        float offset = random.Between(0f, 60f);

        // A row of brushed steel is noise that forgets slowly along the rolling direction and at once across it.
        for (int y = 0; y < Height; y++)
        {
            float value = brush / MathF.Sqrt(1 - (memory * memory)) * random.Normal();
            for (int x = 0; x < Width; x++)
            {
                value = (memory * value) + (brush * random.Normal());
                _work[(y * Width) + x] = value;
            }
        }

        for (int y = 0; y < Height; y++)
        {
            for (int x = 0; x < Width; x++)
            {
                float source = y + (Slope * x) + Height;
                int row = (int)source;
                float part = source - row;
                float near = _work[(row % Height * Width) + x], far = _work[((row + 1) % Height * Width) + x];
                _surface[(y * Width) + x] = 1 + near + (part * (far - near));
            }
        }

        Blend(Width / 2f, Height / 2f, Width, Height, (x, y) => mottle * Noise.At((x * scale * 0.6f) + offset, (y * scale) + offset));
    }

    /// <summary>Adds a change of reflectance to the pixels within a box around (<paramref name="x"/>, <paramref name="y"/>).</summary>
    public void Blend(float x, float y, float reachX, float reachY, Func<float, float, float> change) =>
        Add(_surface, x, y, reachX, reachY, change);

    /// <summary>Adds yellow, as of oil, to the pixels within a box.</summary>
    public void Tint(float x, float y, float reachX, float reachY, Func<float, float, float> change) =>
        Add(_warmth, x, y, reachX, reachY, change);

    /// <summary>Draws a soft line through points; <paramref name="change"/> gives the change of reflectance along it.</summary>
    public void Stroke(ReadOnlySpan<(float X, float Y)> points, float halfWidth, Func<float, float> change)
    {
        float travelled = 0;
        for (int i = 1; i < points.Length; i++)
        {
            (float ax, float ay) = points[i - 1];
            (float bx, float by) = points[i];
            float length = MathF.Sqrt(((bx - ax) * (bx - ax)) + ((by - ay) * (by - ay)));
            float start = travelled, ux = (bx - ax) / length, uy = (by - ay) / length;
            bool last = i == points.Length - 1;
            // Half-open segments: a pixel beside a joint belongs to one segment only, so joints are not drawn twice.
            float reachX = (MathF.Abs(bx - ax) / 2) + (3 * halfWidth) + 1, reachY = (MathF.Abs(by - ay) / 2) + (3 * halfWidth) + 1;
            Blend((ax + bx) / 2, (ay + by) / 2, reachX, reachY, (x, y) =>
            {
                float along = ((x - ax) * ux) + ((y - ay) * uy);
                if (along < 0 || along > length || (along == length && !last))
                    return 0;
                float across = (((y - ay) * ux) - ((x - ax) * uy)) / halfWidth;
                return MathF.Abs(across) > 3 ? 0 : change(start + along) * MathF.Exp(-across * across);
            });
            travelled += length;
        }
    }

    /// <summary>Lights the surface, and lets lens and sensor do their worst; harder frames are blurrier and noisier.</summary>
    public void Expose(Chance random, float difficulty)
    {
        float gain = random.Between(88f, 150f);
        float slopeX = random.Between(-0.22f, 0.22f) / Width, slopeY = random.Between(-0.2f, 0.2f) / Height;
        float spotX = random.Between(0.2f, 0.8f) * Width, spotY = random.Between(0.2f, 0.8f) * Height;
        float spot = random.Between(0f, 0.28f), spread = 1 / random.Between(60_000f, 160_000f);
        float vignette = random.Between(0.05f, 0.35f) / ((Width * Width / 4f) + (Height * Height / 4f));

        for (int y = 0; y < Height; y++)
        {
            for (int x = 0; x < Width; x++)
            {
                float dx = x - (Width / 2f), dy = y - (Height / 2f), sx = x - spotX, sy = y - spotY;
                // A rational bump instead of a Gaussian: as smooth a lamp without a transcendental for every pixel.
                float light = 1 + (slopeX * dx) + (slopeY * dy) + (spot / (1 + (spread * ((sx * sx) + (sy * sy)))));
                _work[(y * Width) + x] = gain * light * (1 - (vignette * ((dx * dx) + (dy * dy)))) * _surface[(y * Width) + x];
            }
        }

        Blur(random.Fade((0.10f, 0.20f), (0.16f, 0.25f), difficulty));
        Develop(random, random.Fade((1.0f, 2.2f), (1.8f, 3.2f), difficulty));
    }

    public byte[] EncodeJpeg(int quality)
    {
        using SKPixmap pixels = _bitmap.PeekPixels();
        var options = new SKJpegEncoderOptions(quality, SKJpegEncoderDownsample.Downsample420, SKJpegEncoderAlphaOption.Ignore);
        using SKData data = pixels.Encode(options)
            ?? throw new InvalidOperationException($"SkiaSharp encodes no JPEG of quality {quality}; its native library is too old.");
        return data.ToArray();
    }

    private static void Add(float[] plane, float x, float y, float reachX, float reachY, Func<float, float, float> change)
    {
        int left = Math.Max(0, (int)(x - reachX)), right = Math.Min(Width - 1, (int)(x + reachX) + 1);
        int top = Math.Max(0, (int)(y - reachY)), bottom = Math.Min(Height - 1, (int)(y + reachY) + 1);
        for (int row = top; row <= bottom; row++)
        {
            for (int column = left; column <= right; column++)
                plane[(row * Width) + column] += change(column, row);
        }
    }

    // Three-tap binomial-like blur, side weight per axis: about 0.45 to 0.7 pixels of lens blur.
    private void Blur(float side)
    {
        float centre = 1 - (2 * side);
        for (int y = 0; y < Height; y++)
        {
            Span<float> row = _work.AsSpan(y * Width, Width);
            float before = row[0];
            for (int x = 0; x < Width; x++)
            {
                float here = row[x];
                row[x] = (centre * here) + (side * (before + row[Math.Min(x + 1, Width - 1)]));
                before = here;
            }
        }

        for (int y = 0; y < Height; y++)
        {
            ReadOnlySpan<float> above = _work.AsSpan(Math.Max(y - 1, 0) * Width, Width), here = _work.AsSpan(y * Width, Width);
            ReadOnlySpan<float> below = _work.AsSpan(Math.Min(y + 1, Height - 1) * Width, Width);
            Span<float> result = _surface.AsSpan(y * Width, Width);
            for (int x = 0; x < Width; x++)
                result[x] = (centre * here[x]) + (side * (above[x] + below[x]));
        }
    }

    private void Develop(Chance random, float noise)
    {
        float red = random.Between(0.975f, 1.02f), blue = random.Between(0.98f, 1.04f);
        float shot = noise * noise / 255, read = noise * noise * 0.4f;
        Span<byte> bytes = _bitmap.GetPixelSpan();
        for (int i = 0; i < _surface.Length; i++)
        {
            float value = Math.Clamp(_surface[i], 0, 255);
            value += random.Normal() * MathF.Sqrt(read + (shot * value));
            float warm = _warmth[i] * value;
            bytes[4 * i] = ToByte((value * red) + (warm * 0.3f));
            bytes[(4 * i) + 1] = ToByte(value);
            bytes[(4 * i) + 2] = ToByte((value * blue) - warm);
            bytes[(4 * i) + 3] = 255;
        }
    }

    private static byte ToByte(float value) => (byte)(Math.Clamp(value, 0, 255) + 0.5f);
}

/// <summary>What is on the strip or the lens and is no defect.</summary>
internal static class Distractors
{
    public static void Draw(Frame frame, Chance random, float difficulty)
    {
        float likelier = 1 + (0.5f * difficulty);
        if (random.Happens(0.3f * likelier))
            OilStain(frame, random);
        if (random.Happens(0.25f * likelier))
            WaterSpots(frame, random);
        if (random.Happens(0.25f * likelier))
            Smudge(frame, random);
        if (random.Happens(0.35f))
            RollMarks(frame, random);
        if (random.Happens(0.25f))
            Dust(frame, random);
    }

    // Soft-edged and yellowish, unlike a patch, whose edge is ragged and whose tone is grey.
    private static void OilStain(Frame frame, Chance random)
    {
        float x = random.Between(0f, Frame.Width), y = random.Between(0f, Frame.Height);
        float reachX = random.Between(50f, 170f), reachY = random.Between(40f, 120f), offset = random.Between(0f, 60f);
        float depth = random.Between(0.04f, 0.16f), warmth = random.Between(0.04f, 0.12f), waver = random.Between(0.2f, 0.5f);
        float Cover(float px, float py)
        {
            float dx = (px - x) / reachX, dy = (py - y) / reachY;
            float bulge = 1 + (waver * frame.Noise.At((px / 90) + offset, (py / 90) + offset));
            return 1 - Curve.Step(0.25f, 1, MathF.Sqrt((dx * dx) + (dy * dy)) * bulge);
        }

        frame.Blend(x, y, reachX * 2, reachY * 2, (px, py) => -depth * Cover(px, py));
        frame.Tint(x, y, reachX * 2, reachY * 2, (px, py) => warmth * Cover(px, py));
    }

    private static void WaterSpots(Frame frame, Chance random)
    {
        for (int i = random.Between(1, 4); i > 0; i--)
        {
            float x = random.Between(0f, Frame.Width), y = random.Between(0f, Frame.Height), radius = random.Between(12f, 48f);
            float rim = random.Between(0.03f, 0.09f), width = random.Between(2.5f, 5f), stretch = random.Between(0.8f, 1.25f);
            frame.Blend(x, y, radius * 1.8f, radius * 1.8f, (px, py) =>
            {
                float dx = px - x, dy = (py - y) * stretch;
                float distance = (MathF.Sqrt((dx * dx) + (dy * dy)) - radius * (1 + (0.12f * frame.Noise.At(px / 30, py / 30)))) / width;
                return (distance < 0 ? 0.25f * rim : 0) + (MathF.Abs(distance) > 2.5f ? 0 : rim * MathF.Exp(-distance * distance));
            });
        }
    }

    // A wiped film: broad, faint, lengthwise uneven.
    private static void Smudge(Frame frame, Chance random)
    {
        float x = random.Between(0f, Frame.Width), y = random.Between(0f, Frame.Height), angle = random.Between(0f, MathF.PI);
        float length = random.Between(60f, 200f), width = random.Between(18f, 50f), offset = random.Between(0f, 60f);
        float strength = random.Between(-0.09f, 0.09f), cos = MathF.Cos(angle), sin = MathF.Sin(angle);
        frame.Blend(x, y, length * 1.1f, length * 1.1f, (px, py) =>
        {
            float along = (((px - x) * cos) + ((py - y) * sin)) / length, across = (((py - y) * cos) - ((px - x) * sin)) / width;
            float cover = 1 - Curve.Step(0.2f, 1, MathF.Sqrt((along * along) + (across * across)));
            return cover == 0 ? 0 : strength * cover * (1 + (0.6f * frame.Noise.At((along * 3) + offset, (across * 3) + offset)));
        });
    }

    // Faint lines along the rolling direction and across the whole frame, unlike a scratch, which crosses it.
    private static void RollMarks(Frame frame, Chance random)
    {
        for (int i = random.Between(1, 4); i > 0; i--)
        {
            float y = random.Between(0f, Frame.Height), strength = random.Between(-0.09f, 0.09f), phase = random.Between(0f, 60f);
            ReadOnlySpan<(float, float)> ends = [(0, y), (Frame.Width, y - (frame.Slope * Frame.Width))];
            frame.Stroke(ends, random.Between(0.8f, 2.2f), along =>
                strength * (0.6f + (0.4f * frame.Noise.At((along / 120) + phase, phase))));
        }
    }

    private static void Dust(Frame frame, Chance random)
    {
        for (int i = random.Between(1, 3); i > 0; i--)
        {
            float x = random.Between(0f, Frame.Width), y = random.Between(0f, Frame.Height), radius = random.Between(1.5f, 3.5f);
            float strength = random.Between(0.08f, 0.3f);
            frame.Blend(x, y, radius * 3, radius * 3, (px, py) =>
                strength * MathF.Exp(-(((px - x) * (px - x)) + ((py - y) * (py - y))) / (radius * radius)));
        }
    }
}

/// <summary>The six defects; each goes from obvious (difficulty 0) to small, faint or few (difficulty 1).</summary>
internal static class Defects
{
    public static void Draw(Frame frame, Chance random, string label, float difficulty)
    {
        switch (label)
        {
            case "scratches": Scratches(frame, random, difficulty); break;
            case "pits": Pits(frame, random, difficulty); break;
            case "patches": Patches(frame, random, difficulty); break;
            case "inclusion": Inclusion(frame, random, difficulty); break;
            case "crazing": Crazing(frame, random, difficulty); break;
            case "rolled-in-scale": RolledInScale(frame, random, difficulty); break;
        }
    }

    // Bright (bare metal) or dark lines at an angle to the rolling direction, often several nearly parallel.
    private static void Scratches(Frame frame, Chance random, float difficulty)
    {
        int count = 1 + (int)(random.Fade((1.2f, 6f), (0f, 1.9f), difficulty));
        // At least 12 degrees off the rolling direction: what runs along it is a roll mark.
        float direction = random.Between(0.21f, MathF.PI - 0.21f);
        for (int i = 0; i < count; i++)
        {
            float length = random.Fade((170f, 420f), (60f, 130f), difficulty);
            float angle = Math.Clamp(direction + random.Between(-0.2f, 0.2f), 0.21f, MathF.PI - 0.21f);
            float bend = random.Between(-0.5f, 0.5f) / length;
            float x = random.Between(0.15f, 0.85f) * Frame.Width, y = random.Between(0.15f, 0.85f) * Frame.Height;
            float strength = random.Fade((0.3f, 0.55f), (0.12f, 0.18f), difficulty) * (random.Happens(0.7f) ? 1 : -1);
            float halfWidth = random.Fade((1.1f, 2.1f), (0.75f, 0.95f), difficulty), phase = random.Between(0f, 60f);

            const float Step = 14;
            var points = new (float X, float Y)[Math.Max(3, (int)(length / Step))];
            x -= MathF.Cos(angle) * length / 2;
            y -= MathF.Sin(angle) * length / 2;
            for (int p = 0; p < points.Length; p++)
            {
                points[p] = (x, y);
                float heading = angle + (bend * ((p * Step) - (length / 2)));
                x += Step * MathF.Cos(heading);
                y += Step * MathF.Sin(heading);
            }

            // The tool bounces: strength wavers along the line and fades at both ends.
            frame.Stroke(points, halfWidth, along => strength * (0.75f + (0.45f * frame.Noise.At((along / 26) + phase, phase)))
                * Curve.Step(0, 25, along) * Curve.Step(0, 25, length - along));
        }
    }

    // Small round dark holes with a lit far rim, in a loose swarm.
    private static void Pits(Frame frame, Chance random, float difficulty)
    {
        int count = (int)random.Fade((14f, 46f), (5f, 9f), difficulty);
        float centreX = random.Between(0.25f, 0.75f) * Frame.Width, centreY = random.Between(0.25f, 0.75f) * Frame.Height;
        float spread = random.Fade((80f, 170f), (35f, 70f), difficulty), light = random.Between(0f, 2 * MathF.PI);
        float lightX = MathF.Cos(light), lightY = MathF.Sin(light);
        for (int i = 0; i < count; i++)
        {
            float x = centreX + (spread * random.Normal()), y = centreY + (0.75f * spread * random.Normal());
            float radius = random.Fade((2.6f, 6.5f), (1.5f, 2.2f), difficulty);
            float depth = random.Fade((0.35f, 0.6f), (0.2f, 0.28f), difficulty);
            float stretch = random.Between(0.8f, 1.25f);
            frame.Blend(x, y, radius * 2.6f, radius * 2.6f, (px, py) =>
            {
                float dx = (px - x) / radius, dy = (py - y) * stretch / radius;
                float near = (dx * dx) + (dy * dy);
                float rimX = dx - (0.9f * lightX), rimY = dy - (0.9f * lightY);
                float rim = 0.45f * depth * MathF.Exp(-2.5f * ((rimX * rimX) + (rimY * rimY)));
                return near > 6 ? 0 : (-depth * MathF.Exp(-near * near)) + rim;
            });
        }
    }

    // Broad areas of another tone with ragged edges: burnt-on or stripped scale.
    private static void Patches(Frame frame, Chance random, float difficulty)
    {
        float sign = random.Happens(0.65f) ? -1 : 1;
        for (int i = (int)random.Fade((1f, 3.9f), (1f, 1.9f), difficulty); i > 0; i--)
        {
            float x = random.Between(0.15f, 0.85f) * Frame.Width, y = random.Between(0.15f, 0.85f) * Frame.Height;
            float reachX = random.Fade((60f, 130f), (32f, 60f), difficulty), reachY = reachX * random.Between(0.5f, 0.9f);
            float strength = sign * random.Fade((0.18f, 0.34f), (0.085f, 0.12f), difficulty), offset = random.Between(0f, 60f);
            frame.Blend(x, y, reachX * 1.7f, reachY * 1.7f, (px, py) =>
            {
                float dx = (px - x) / reachX, dy = (py - y) / reachY;
                float distance = MathF.Sqrt((dx * dx) + (dy * dy));
                if (distance > 1.7f)
                    return 0;
                float cover = Curve.Step(-0.06f, 0.06f, 1 - distance + (0.6f * frame.Noise.Rough((px / 26) + offset, (py / 26) + offset)));
                return cover == 0 ? 0 : strength * cover * (0.85f + (0.4f * frame.Noise.At((px / 9) + offset, (py / 7) + offset)));
            });
        }
    }

    // Slag drawn out along the rolling direction: short dark slivers with torn ends.
    private static void Inclusion(Frame frame, Chance random, float difficulty)
    {
        for (int i = (int)random.Fade((1f, 4.9f), (1f, 2.4f), difficulty); i > 0; i--)
        {
            float x = random.Between(0.12f, 0.88f) * Frame.Width, y = random.Between(0.12f, 0.88f) * Frame.Height;
            float half = random.Fade((50f, 120f), (20f, 36f), difficulty), width = random.Fade((4f, 9.5f), (1.8f, 2.8f), difficulty);
            float depth = random.Fade((0.3f, 0.55f), (0.17f, 0.24f), difficulty), offset = random.Between(0f, 60f);
            float slope = -frame.Slope + random.Between(-0.05f, 0.05f);
            frame.Blend(x, y, half * 1.3f, (width * 3) + (half * 0.2f), (px, py) =>
            {
                float along = (px - x) / half, across = (py - y - (slope * (px - x))) / width;
                float taper = 1 - (along * along);
                if (taper < -0.4f || MathF.Abs(across) > 3)
                    return 0;
                float ragged = taper - MathF.Abs(across) + (0.75f * frame.Noise.Rough((px / 17) + offset, (py / 3.5f) + offset));
                return -depth * Curve.Step(-0.1f, 0.5f, ragged);
            });
        }
    }

    // A net of fine cracks: the borders between cells of jittered points, some of them not torn open.
    private static void Crazing(Frame frame, Chance random, float difficulty)
    {
        float x = random.Between(0.25f, 0.75f) * Frame.Width, y = random.Between(0.25f, 0.75f) * Frame.Height;
        float reachX = random.Fade((150f, 300f), (65f, 100f), difficulty), reachY = reachX * random.Between(0.6f, 0.95f);
        float cell = random.Fade((20f, 34f), (12f, 16f), difficulty), halfWidth = random.Fade((1.1f, 1.8f), (0.85f, 1.05f), difficulty);
        float depth = random.Fade((0.24f, 0.4f), (0.13f, 0.18f), difficulty), offset = random.Between(0f, 60f);
        frame.Blend(x, y, reachX, reachY, (px, py) =>
        {
            float dx = (px - x) / reachX, dy = (py - y) / reachY;
            float waver = 0.25f * frame.Noise.At((px / 45) + offset, (py / 45) + offset);
            float cover = 1 - Curve.Step(0.5f, 1, MathF.Sqrt((dx * dx) + (dy * dy)) + waver);
            if (cover == 0)
                return 0;
            float wave = 0.22f * frame.Noise.At((px / 13) + offset, (py / 13) + offset);
            (float gap, float open) = Border(frame.Noise, (px / cell) + wave, (py / cell) - wave);
            float across = gap * cell / halfWidth;
            return across > 2.5f ? 0 : -depth * cover * open * MathF.Exp(-across * across);
        });
    }

    // Distance from the border of the two nearest points' cells (in cells), and how far that border is torn open.
    private static (float Gap, float Open) Border(Lattice noise, float x, float y)
    {
        int cellX = (int)MathF.Floor(x), cellY = (int)MathF.Floor(y);
        float first = float.MaxValue, second = float.MaxValue;
        int firstId = 0, secondId = 0;
        for (int j = cellY - 1; j <= cellY + 1; j++)
        {
            for (int i = cellX - 1; i <= cellX + 1; i++)
            {
                float dx = i + 0.5f + (0.45f * noise.Point(i, j, 0)) - x, dy = j + 0.5f + (0.45f * noise.Point(i, j, 1)) - y;
                float distance = (dx * dx) + (dy * dy);
                if (distance < first)
                    (second, secondId, first, firstId) = (first, firstId, distance, (j * 61) + i);
                else if (distance < second)
                    (second, secondId) = (distance, (j * 61) + i);
            }
        }

        float open = 0.55f + (0.75f * noise.Point(firstId + secondId, firstId ^ secondId, 2));
        return ((MathF.Sqrt(second) - MathF.Sqrt(first)) / 2, Math.Clamp(open, 0, 1));
    }

    // Flakes of scale pressed into the strip: many small ragged dark specks, longer along the rolling direction, in a field.
    private static void RolledInScale(Frame frame, Chance random, float difficulty)
    {
        float x = random.Between(0.25f, 0.75f) * Frame.Width, y = random.Between(0.25f, 0.75f) * Frame.Height;
        float reachX = random.Fade((170f, 340f), (75f, 115f), difficulty);
        float reachY = random.Fade((70f, 170f), (40f, 60f), difficulty);
        float grainX = random.Fade((13f, 22f), (9f, 12f), difficulty), grainY = grainX * random.Between(0.38f, 0.5f);
        float depth = random.Fade((0.26f, 0.46f), (0.13f, 0.18f), difficulty);
        float level = random.Between(0.1f, 0.24f), offset = random.Between(0f, 60f);
        frame.Blend(x, y, reachX * 1.2f, reachY * 1.2f, (px, py) =>
        {
            float dx = (px - x) / reachX, dy = (py - y) / reachY;
            float cover = 1 - Curve.Step(0.4f, 1.1f, MathF.Sqrt((dx * dx) + (dy * dy)) + (0.2f * frame.Noise.At(px / 60, py / 40)));
            if (cover == 0)
                return 0;
            float grain = frame.Noise.Rough((px / grainX) + offset, ((py + (frame.Slope * px)) / grainY) + offset);
            // Fewer flakes towards the border, not fainter ones.
            float threshold = level + (0.5f * (1 - cover));
            float lip = Curve.Step(threshold - 0.2f, threshold - 0.04f, grain)
                * (1 - Curve.Step(threshold - 0.04f, threshold + 0.04f, grain));
            return (-depth * Curve.Step(threshold, threshold + 0.14f, grain)) + (0.2f * depth * lip);
        });
    }
}
