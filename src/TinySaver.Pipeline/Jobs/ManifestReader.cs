using System.Globalization;
using System.Text.Json;
using CsvHelper;
using CsvHelper.Configuration;
using Parquet;
using Parquet.Schema;
using TinySaver.Core.Jobs;
using TinySaver.Pipeline.Tables;

namespace TinySaver.Pipeline.Jobs;

/// <summary>Reads the image names of a manifest one after the other, without holding them all.</summary>
/// <remarks>
/// A manifest is a .csv or .parquet with a column <c>name</c> (or <c>path</c>), a .jsonl whose lines are names or objects that have
/// one, or a report of Azure Blob Inventory, whose names begin with their container; images of other containers are left out.
/// </remarks>
/// <param name="container">The images' container.</param>
internal sealed class ManifestReader(string container)
{
    private static readonly string[] NameColumns = ["name", "path"];

    // One of the columns that a report of Azure Blob Inventory has beside the names, and hardly another table.
    private static readonly string[] InventoryColumns = ["Last-Modified", "Content-Length", "Creation-Time", "BlobType", "AccessTier", "Etag"];

    /// <summary>The names of one file, from a row on; null for a row that names no image of the container.</summary>
    /// <param name="path">The file's name: its ending says what it is.</param>
    /// <param name="content">The file; it can seek.</param>
    /// <param name="skip">How many rows to leave out.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="InvalidJobException">It is not what its ending says, or names no images.</exception>
    public IAsyncEnumerable<string?> ReadAsync(string path, Stream content, long skip, CancellationToken cancellationToken) => Path.GetExtension(path).ToUpperInvariant() switch
    {
        ".CSV" => ReadCsv(path, content, skip).ToAsyncEnumerable(),
        ".JSONL" => ReadLines(path, content, skip).ToAsyncEnumerable(),
        _ => ReadParquetAsync(path, content, skip, cancellationToken),
    };

    /// <summary>The report files that the manifest of an inventory names, in its order.</summary>
    public static IReadOnlyList<string> ReadInventory(string path, Stream content)
    {
        try
        {
            using var document = JsonDocument.Parse(content);
            return [.. document.RootElement.GetProperty("files").EnumerateArray().Select(f => f.GetProperty("blob").GetString() ?? throw new JsonException("a 'blob' is null"))];
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new InvalidJobException($"The manifest '{path}' is no manifest of an inventory report: expected an object with 'files' that have a 'blob'.", null, e);
        }
    }

    private IEnumerable<string?> ReadCsv(string path, Stream content, long skip)
    {
        using var reader = new StreamReader(content);
        using var csv = new CsvReader(reader, new CsvConfiguration(CultureInfo.InvariantCulture));
        if (Guard(csv, path, () => csv.Read() && csv.ReadHeader() ? csv.HeaderRecord : null) is not { } header)
            throw new InvalidJobException($"The manifest '{path}' is empty; expected a header line.");

        (int column, bool inventory) = Find(path, header);
        for (long row = 0; Guard(csv, path, () => csv.Read() ? csv.Parser.Count > column ? csv.Parser[column] : "" : null) is { } cell; row++)
        {
            if (row >= skip)
                yield return Name(path, row, inventory || cell.Length == 0 ? cell : FormulaGuard.Take(cell), inventory);
        }
    }

    // What is wrong with a row is said when it is read, or when its cells are.
    private static T Guard<T>(CsvReader csv, string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (CsvHelperException e)
        {
            throw new InvalidJobException($"The manifest '{path}' is not valid CSV at line {csv.Parser.RawRow}; check its quotes.", null, e);
        }
    }

    private IEnumerable<string?> ReadLines(string path, Stream content, long skip)
    {
        using var reader = new StreamReader(content);
        for (long row = 0; reader.ReadLine() is { } line; row++)
        {
            if (row >= skip)
                yield return string.IsNullOrWhiteSpace(line) ? null : Name(path, row, OfLine(line), inventory: false);
        }
    }

    private static string? OfLine(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            JsonElement root = document.RootElement;
            return root.ValueKind == JsonValueKind.String ? root.GetString()
                : NameColumns.Select(c => root.TryGetProperty(c, out JsonElement name) ? name.GetString() : null).FirstOrDefault(n => n is not null);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private async IAsyncEnumerable<string?> ReadParquetAsync(
        string path, Stream content, long skip, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var frugal = new FrugalStream(content);
        await using ParquetReader reader = await GuardAsync(frugal, path, async () => await ParquetTable.OpenAsync(frugal, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        DataField[] fields = reader.Schema.GetDataFields();
        (int column, bool inventory) = Find(path, [.. fields.Select(f => f.Name)]);
        long row = 0;
        for (int i = 0; i < reader.RowGroupCount; i++)
        {
            using ParquetRowGroupReader group = reader.OpenRowGroupReader(i);
            if (row + group.RowCount <= skip)
            {
                row += group.RowCount;
                continue;
            }

            string?[] names = await GuardAsync(frugal, path, async () =>
            {
                string?[] read = new string?[group.RowCount];
                await group.ReadAsync(fields[column], read.AsMemory(), cancellationToken: cancellationToken).ConfigureAwait(false);
                return read;
            }).ConfigureAwait(false);
            foreach (string? name in names)
            {
                if (row++ >= skip)
                    yield return Name(path, row - 1, name, inventory);
            }
        }
    }

    private static async Task<T> GuardAsync<T>(FrugalStream content, string path, Func<Task<T>> read)
    {
        try
        {
            return await read().ConfigureAwait(false);
        }
        catch (Exception e) when (content.IsDamage(e))
        {
            throw new InvalidJobException($"The manifest '{path}' is no Parquet file with texts as names that can be read here: {e.GetBaseException().Message}", null, e);
        }
    }

    private static (int Column, bool Inventory) Find(string path, IReadOnlyList<string> columns)
    {
        int Index(string name) => Array.FindIndex([.. columns], c => c.Trim().Equals(name, StringComparison.OrdinalIgnoreCase));
        int column = NameColumns.Select(Index).FirstOrDefault(i => i >= 0, -1);
        return column >= 0
            ? (column, InventoryColumns.Any(c => Index(c) >= 0))
            : throw new InvalidJobException($"The manifest '{path}' has no column 'name' or 'path'; its columns are {string.Join(", ", columns)}.");
    }

    private string? Name(string path, long row, string? name, bool inventory)
    {
        if (string.IsNullOrEmpty(name) || name.Length > Images.BlobNames.MaxLength)
            throw new InvalidJobException($"The manifest '{path}' names no image in row {row + 1}: expected a blob name of 1 to {Images.BlobNames.MaxLength} characters.");

        if (!inventory)
            return Images.BlobNames.Normalize(name);

        return name.StartsWith(container + "/", StringComparison.Ordinal) && name.Length > container.Length + 1 ? name[(container.Length + 1)..] : null;
    }
}
