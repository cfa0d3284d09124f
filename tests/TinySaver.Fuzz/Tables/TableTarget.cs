using System.Text.Json;
using TinySaver.Cli.Tables;
using TinySaver.Core.Failures;
using TinySaver.Pipeline.Tables;

namespace TinySaver.Fuzz.Tables;

/// <summary>Damaged tables: refused in one sentence, or read as what they are.</summary>
internal abstract class TableTarget(string extension, params byte[][] sound) : FuzzTarget
{
    public override string Extension => extension;

    public override string Try(Random random)
    {
        (byte[] one, byte[] other) = (sound[random.Next(sound.Length)], sound[random.Next(sound.Length)]);
        Input = extension == ".csv" ? CsvDamage.Apply(one, other, random) : ParquetDamage.Apply(one, other, random);
        try
        {
            using var content = new MemoryStream(Input, writable: false);
            Use(TableFile.ReadAsync("table" + extension, content, CancellationToken.None).GetAwaiter().GetResult());
            return "read";
        }
        catch (TinySaverException refusal)
        {
            return refusal.Message.Length < 100_000 ? "refused" : throw new FuzzFault($"The sentence has {refusal.Message.Length} characters.");
        }
    }

    /// <summary>Reads the table as what it should be.</summary>
    protected abstract void Use(Table table);

    /// <summary>The bytes of a file that is written as the product writes it.</summary>
    protected static byte[] Written(string extension, Func<string, Task> write)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("tinysaver-fuzz-");
        string path = Path.Combine(folder.FullName, "sound" + extension);
        write(path).GetAwaiter().GetResult();
        byte[] bytes = File.ReadAllBytes(path);
        folder.Delete(recursive: true);
        return bytes;
    }

    /// <summary>The bytes of a file with a column for each property.</summary>
    protected static byte[] Written<T>(string extension, params T[] rows) =>
        Written(extension, path => RowWriter.WriteAsync(path, rows, Column<T>.OfProperties(JsonNamingPolicy.SnakeCaseLower)));
}
