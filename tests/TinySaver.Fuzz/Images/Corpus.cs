namespace TinySaver.Fuzz.Images;

/// <summary>The sound images that are damaged: <c>Corpus/</c>, 16 to 64 pixels a side, every format and kind that is accepted.</summary>
internal sealed class Corpus
{
    private readonly (string Name, byte[] Bytes)[] _files = [.. Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Corpus"))
        .Where(static file => !file.EndsWith(".json", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal)
        .Select(static file => (Path.GetFileName(file), File.ReadAllBytes(file)))];

    /// <summary>Any of them; every second one is a JPEG, which has a decoder of our own.</summary>
    public (string Name, byte[] Bytes) Any(Random random)
    {
        (string Name, byte[] Bytes) file = _files[random.Next(_files.Length)];
        return random.Next(3) == 0 && !IsJpeg(file.Name) ? Any(random) : file;
    }

    /// <summary>Another of the same format, or by chance of any.</summary>
    public byte[] Like(string name, Random random)
    {
        (string Name, byte[] Bytes) other = _files[random.Next(_files.Length)];
        return random.Next(8) == 0 || Path.GetExtension(other.Name) == Path.GetExtension(name) ? other.Bytes : Like(name, random);
    }

    private static bool IsJpeg(string name) => name.EndsWith(".jpg", StringComparison.Ordinal);
}
