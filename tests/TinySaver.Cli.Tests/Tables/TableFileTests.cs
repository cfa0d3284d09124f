using TinySaver.Cli.Tables;
using TinySaver.Core.Failures;

namespace TinySaver.Cli.Tests.Tables;

public sealed class TableFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // Parquet's writer needs settable properties.
    private sealed class Row
    {
        public string Path { get; set; } = "";

        public int? ClassIndex { get; set; }

        public float? Confidence { get; set; }

        public string? Reason { get; set; }
    }

    [Theory]
    [InlineData("rows.csv")]
    [InlineData("rows.parquet")]
    public async Task ReadAsync_WhatTheWriterWrote_IsTheSameTable(string name)
    {
        string path = Path.Combine(_folder.Path, name);
        Row[] rows =
        [
            new() { Path = "ä, \"quoted\"\n.png", ClassIndex = 7, Confidence = 0.125f },
            new() { Path = "b.png", Reason = "not-an-image" },
        ];
        await RowWriter.WriteAsync(path, rows);

        Table table = await TableFile.ReadAsync(path, TestContext.Current.CancellationToken);

        Assert.Equal(["path", "classIndex", "confidence", "reason"], table.Columns.Select(c => char.ToLowerInvariant(c[0]) + c[1..]));
        Assert.Equal(["ä, \"quoted\"\n.png", "7", "0.125", null], table.Rows[0]);
        Assert.Equal(["b.png", null, null, "not-an-image"], table.Rows[1]);
    }

    [Fact]
    public async Task WriteAsync_JsonLines_LeavesOutWhatIsAbsent()
    {
        string path = Path.Combine(_folder.Path, "rows.jsonl");
        await RowWriter.WriteAsync(path, new Row[] { new() { Path = "a.png", Confidence = 0.5f } });
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
