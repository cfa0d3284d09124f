using System.Text.Json;
using TinySaver.Cli.Tables;
using TinySaver.Core.Failures;
using TinySaver.Pipeline.Tables;

namespace TinySaver.Cli.Tests.Tables;

public sealed class TableFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private sealed record Row(string Path, int? ClassIndex = null, float? Confidence = null, string? Reason = null);

    private static IReadOnlyList<Column<Row>> Columns => Column<Row>.OfProperties(JsonNamingPolicy.CamelCase);

    [Theory]
    [InlineData("rows.csv")]
    [InlineData("rows.parquet")]
    public async Task ReadAsync_WhatTheWriterWrote_IsTheSameTable(string name)
    {
        string path = Path.Combine(_folder.Path, name);
        Row[] rows =
        [
            new("ä, \"quoted\"\n.png", 7, 0.125f),
            new("b.png", Reason: "not-an-image"),
        ];
        await RowWriter.WriteAsync(path, rows, Columns);

        Table table = await TableFile.ReadAsync(path, TestContext.Current.CancellationToken);

        Assert.Equal(["path", "classIndex", "confidence", "reason"], table.Columns);
        Assert.Equal(["ä, \"quoted\"\n.png", "7", "0.125", null], table.Rows[0]);
        Assert.Equal(["b.png", null, null, "not-an-image"], table.Rows[1]);
    }

    [Theory]
    [InlineData("=HYPERLINK(\"x\")", "'=HYPERLINK(\"x\")")]
    [InlineData("@sum", "'@sum")]
    [InlineData("-2+cmd|' /C calc'!A0", "'-2+cmd|' /C calc'!A0")]
    [InlineData("＝1", "'＝1")]
    [InlineData("\t=1", "'\t=1")]
    [InlineData("\u001b[2J", "'\u001b[2J")]
    [InlineData("'=1", "''=1")]
    [InlineData("-1.5 2E-3", "-1.5 2E-3")]
    [InlineData("'quoted'", "'quoted'")]
    [InlineData("a=b", "a=b")]
    public async Task WriteAsync_CsvCellThatIsAFormula_IsGuardedAndReadBackAsItWas(string text, string written)
    {
        string path = Path.Combine(_folder.Path, "rows.csv");
        Row[] rows = [new(text, -1)];
        await RowWriter.WriteAsync(path, rows, Columns);
        string guarded = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
        Table table = await TableFile.ReadAsync(path, TestContext.Current.CancellationToken);
        await RowWriter.WriteAsync(path, rows, Columns, plainCsv: true);
        string plain = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);

        Assert.Equal(Line(written), guarded.Split('\n', 2)[1]);
        Assert.Equal(text, table.Rows[0][0]);
        Assert.Equal(Line(text), plain.Split('\n', 2)[1]);

        static string Line(string cell) => (cell.Contains('"', StringComparison.Ordinal) ? $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : cell) + ",-1,,\n";
    }

    [Fact]
    public async Task WriteAsync_JsonLines_LeavesOutWhatIsAbsent()
    {
        string path = Path.Combine(_folder.Path, "rows.jsonl");
        await RowWriter.WriteAsync(path, new Row[] { new("a.png", Confidence: 0.5f) }, Columns);
        Assert.Equal("{\"path\":\"a.png\",\"confidence\":0.5}\n", await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("rows.xlsx", "use .csv, .jsonl or .parquet")]
    [InlineData("nowhere/rows.csv", "there is no folder")]
    public void Check_PathThatCannotBeWritten_IsRefusedBeforeAnyWork(string name, string expected) =>
        Assert.Contains(expected, Assert.Throws<TinySaverException>(() => RowWriter.Check(Path.Combine(_folder.Path, name))).Message);

    [Theory]
    [MemberData(nameof(Damaged))]
    public async Task ReadAsync_DamagedParquet_SaysSo(string what, byte[] content)
    {
        string path = _folder.Write("x.parquet", content);
        TinySaverException error = await Assert.ThrowsAsync<TinySaverException>(() => TableFile.ReadAsync(path, TestContext.Current.CancellationToken));
        Assert.True(error.Message.StartsWith($"{path}: not a Parquet file that can be read here: ", StringComparison.Ordinal), $"{what}: {error.Message}");
        Assert.DoesNotContain('\n', error.Message);
    }

    public static TheoryData<string, byte[]> Damaged() => new()
    {
        { "text", "hello, this is no parquet file at all"u8.ToArray() },
        { "no bytes", [] },
        { "eleven bytes", "PAR1   PAR1"u8.ToArray() },
        { "a footer of two gigabytes", [.. "PAR1"u8, 0xFF, 0xFF, 0xFF, 0x7F, .. "PAR1"u8] },
        { "a footer of less than nothing", [.. "PAR1"u8, 0xFF, 0xFF, 0xFF, 0xFF, .. "PAR1"u8] },
        { "a footer of two thousand million columns", Footer([0x19, 0xFC, 0xFF, 0xFF, 0xFF, 0xFF, 0x07]) },
        { "a footer without a bottom", Footer([.. Enumerable.Repeat((byte)0x1C, 1_000_000)]) },
        { "a footer that is none", [.. "PAR1"u8, 0x15, 0x02, 0x19, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 8, 0, 0, 0, .. "PAR1"u8] },
    };

    [Fact]
    public async Task ReadAsync_AnyByteOfTheFooterDamaged_ReadsOrRefuses()
    {
        string sound = Path.Combine(_folder.Path, "sound.parquet");
        await RowWriter.WriteAsync(sound, [new Row("a.png", 1, 0.5f), new Row("b.png", Reason: "not-an-image")], Columns);
        byte[] content = await File.ReadAllBytesAsync(sound, TestContext.Current.CancellationToken);
        int footer = BitConverter.ToInt32(content, content.Length - 8);
        int refused = 0;
        for (int i = content.Length - 8 - footer; i < content.Length - 8; i++)
        {
            foreach (byte damage in new byte[] { 0x01, 0x0C, 0x70, 0x80 })
            {
                content[i] ^= damage;
                if (await Record.ExceptionAsync(() => ParquetTable.ReadAsync("x.parquet", new MemoryStream(content), TestContext.Current.CancellationToken)) is { } error)
                {
                    Assert.IsType<TinySaverException>(error);
                    refused++;
                }

                content[i] ^= damage;
            }
        }

        Assert.InRange(refused, footer, 4 * footer);
    }

    private static byte[] Footer(byte[] content) => [.. "PAR1"u8, .. content, .. BitConverter.GetBytes(content.Length), .. "PAR1"u8];

    [Fact]
    public async Task ReadAsync_APipe_DoesNotWaitForIt()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Makes a pipe with mkfifo(3).");
        string path = Path.Combine(_folder.Path, "x.csv");
        Posix.MakePipe(path);
        TinySaverException error = await Assert.ThrowsAsync<TinySaverException>(() => TableFile.ReadAsync(path, TestContext.Current.CancellationToken));
        Assert.Contains("the file is empty", error.Message);
    }
}
