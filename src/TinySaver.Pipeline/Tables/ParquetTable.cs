using System.Buffers.Binary;
using System.Globalization;
using Parquet;
using Parquet.Meta;
using Parquet.Serialization;
using TinySaver.Core.Failures;

namespace TinySaver.Pipeline.Tables;

/// <summary>Reads tables from Parquet files, which may be damaged or made to do harm.</summary>
/// <remarks>
/// Parquet.Net believes the lengths that a file states and lets through whatever it trips over. So what is stated is held against the
/// file's length before anything is read, and any error is the file's fault.
/// </remarks>
internal static class ParquetTable
{
    // Magic, the footer's length, magic.
    private const int Frame = 12;

    // Generous: an id of its own takes a row more than a byte, however well it is compressed.
    private const int MostRowsInAByte = 16;

    /// <summary>Reads a whole table.</summary>
    /// <exception cref="TinySaverException">The content is no Parquet file, is damaged, or has columns that are no texts or numbers.</exception>
    public static async Task<Table> ReadAsync(string path, Stream content, CancellationToken cancellationToken)
    {
        var frugal = new FrugalStream(content);
        try
        {
            await CheckAsync(frugal, cancellationToken);
            DeserializationResult<Dictionary<string, object>> read = await ParquetSerializer.DeserializeUntypedAsync(frugal, cancellationToken: cancellationToken);
            string[] columns = [.. read.Schema.Fields.Select(f => f.Name)];
            return new(path, columns, [.. read.Data.Select(row => columns.Select(c => Text(row, c)).ToArray())]);
        }
        catch (Exception error) when (frugal.IsDamage(error))
        {
            throw new TinySaverException($"{path}: not a Parquet file that can be read here: {error.GetBaseException().Message}", error);
        }
    }

    /// <summary>Opens a file, to be read in parts.</summary>
    /// <exception cref="Exception">Anything, where it is damaged: <see cref="FrugalStream.IsDamage"/> tells.</exception>
    public static async Task<ParquetReader> OpenAsync(FrugalStream content, CancellationToken cancellationToken)
    {
        await CheckAsync(content, cancellationToken);
        return await ParquetReader.CreateAsync(content, leaveStreamOpen: true, cancellationToken: cancellationToken);
    }

    // Refuses a file whose footer states what its bytes cannot hold.
    private static async Task CheckAsync(FrugalStream content, CancellationToken cancellationToken)
    {
        if (content.Length < Frame)
            throw new InvalidDataException($"it has {content.Length} bytes; the least is {Frame}.");

        byte[] tail = new byte[sizeof(int)];
        content.Position = content.Length - 2 * sizeof(int);
        await content.ReadExactlyAsync(tail, cancellationToken);
        int footer = BinaryPrimitives.ReadInt32LittleEndian(tail);
        if (footer < 0 || footer > content.Length - Frame)
            throw new InvalidDataException($"its footer has {footer} bytes, the whole file {content.Length}.");

        byte[] metadata = new byte[footer];
        content.Position = content.Length - 2 * sizeof(int) - footer;
        await content.ReadExactlyAsync(metadata, cancellationToken);
        ThriftShape.Check(metadata);
        await using ParquetReader reader = await ParquetReader.CreateAsync(content, leaveStreamOpen: true, cancellationToken: cancellationToken);
        foreach (RowGroup group in reader.Metadata!.RowGroups)
        {
            long most = Math.Min(content.Length * MostRowsInAByte, Array.MaxLength);
            if (group.NumRows < 0 || group.NumRows > most || group.Columns.Any(c => c.MetaData is not { } column || !Fits(column, group.NumRows, most)))
                throw new InvalidDataException($"its {content.Length} bytes cannot hold {group.NumRows} rows of {group.Columns.Count} single values.");
        }

        content.Position = 0;
    }

    // Lists and structures have more values than rows, or fewer.
    private static bool Fits(ColumnMetaData column, long rows, long most) =>
        column.PathInSchema.Count > 1 ? column.NumValues >= 0 && column.NumValues <= most : column.NumValues == rows;

    private static string? Text(Dictionary<string, object> row, string column) => row.TryGetValue(column, out object? value)
        ? value switch
        {
            null => null,
            string text => text,
            bool truth => truth.ToString(),
            byte[] bytes => System.Text.Encoding.UTF8.GetString(bytes),
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => throw new InvalidDataException($"the column '{column}' holds lists or structures; expected texts or numbers."),
        }
        : null;
}
