using System.Text.Json;
using TinySaver.Cli.Tables;
using TinySaver.Core.Failures;

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

    [Fact]
    public async Task ReadAsync_NotParquet_SaysSo()
    {
        string path = _folder.Write("x.parquet", "hello, this is no parquet file at all");
        var error = await Assert.ThrowsAsync<TinySaverException>(() => TableFile.ReadAsync(path, TestContext.Current.CancellationToken));
        Assert.Contains("not a Parquet file", error.Message);
    }
}
