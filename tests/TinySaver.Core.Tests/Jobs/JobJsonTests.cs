using System.Text;
using TinySaver.Core.Jobs;

namespace TinySaver.Core.Tests.Jobs;

public sealed class JobJsonTests
{
    private const string Least = """{"v":1,"id":"night","input":{"prefix":"batch7/"}}""";

    [Fact]
    public void Read_LeastMessage_HasTheDefaults() => Assert.Equal(
        new JobRequest("night") { Prefix = "batch7/", Format = JobFormat.JsonLines, Overwrite = JobOverwrite.Missing, FailAfterPercent = null },
        JobJson.Read(Least));

    [Fact]
    public void Read_WholeMessage_HasEveryField() => Assert.Equal(
        new JobRequest("A-1_b") { Manifest = "lists/june.csv", Format = JobFormat.Parquet, Overwrite = JobOverwrite.All, FailAfterPercent = 2.5 },
        JobJson.Read("""{"v":1,"id":"A-1_b","input":{"manifest":"lists/june.csv"},"output":{"format":"parquet"},"overwrite":"all","failAfterPercent":2.5}"""));

    [Fact]
    public void Read_WhatWriteWrote_IsTheSame()
    {
        JobRequest[] requests =
        [
            new("a") { Prefix = "" },
            new("b") { Prefix = "Straße/图/", Overwrite = JobOverwrite.All, FailAfterPercent = 0 },
            new("c") { Manifest = "m.parquet", Format = JobFormat.Csv, FailAfterPercent = 100 },
        ];

        Assert.All(requests, r => Assert.Equal(r, JobJson.Read(JobJson.Write(r))));
        Assert.Equal(new ChunkMessage("a", 7), JobJson.ReadChunk(JobJson.Write(new ChunkMessage("a", 7))));
    }

    [Fact]
    public void Read_Base64_IsReadAsWell() =>
        Assert.Equal(JobJson.Read(Least), JobJson.Read(Convert.ToBase64String(Encoding.UTF8.GetBytes(Least))));

    [Fact]
    public void Read_NoId_TakesTheNewOneWhereThereIsOne() =>
        Assert.Equal("made", JobJson.Read("""{"v":1,"input":{"prefix":""}}""", () => "made").Id);

    [Theory]
    [InlineData("", "is no JSON object")]
    [InlineData("hello", "is no JSON object; it begins: hello")]
    [InlineData("[1]", "is no JSON object")]
    [InlineData("{", "is no JSON object")]
    [InlineData("""{"id":"a"}""", "has no format version 'v'")]
    [InlineData("""{"v":2,"id":"a"}""", "has the format version 2, and this program reads 1; update the app")]
    [InlineData("""{"v":"1"}""", "has a 'v' that is no number")]
    [InlineData("""{"v":1,"v":1}""", "has the field 'v' twice")]
    [InlineData("""{"v":1,"input":{"prefix":""}}""", "has no 'id'")]
    [InlineData("""{"v":1,"id":"a/b","input":{"prefix":""}}""", "has the id 'a/b'")]
    [InlineData("""{"v":1,"id":"-a","input":{"prefix":""}}""", "has the id '-a'")]
    [InlineData("""{"v":1,"id":"a"}""", "has no 'input'")]
    [InlineData("""{"v":1,"id":"a","input":"x"}""", "has a 'input' that is no object")]
    [InlineData("""{"v":1,"id":"a","input":{}}""", "has neither 'prefix' nor 'manifest'")]
    [InlineData("""{"v":1,"id":"a","input":{"prefix":"","manifest":"m.csv"}}""", "has both 'prefix' and 'manifest'")]
    [InlineData("""{"v":1,"id":"a","input":{"prefix":"../b"}}""", "has a prefix that leads out of its container")]
    [InlineData("""{"v":1,"id":"a","input":{"prefix":"/b"}}""", "has a prefix that leads out of its container")]
    [InlineData("""{"v":1,"id":"a","input":{"manifest":"a/../../m.csv"}}""", "has a manifest that leads out of its container")]
    [InlineData("""{"v":1,"id":"a","input":{"manifest":"a\\m.csv"}}""", "has a manifest that has a backslash")]
    [InlineData("""{"v":1,"id":"a","input":{"manifest":""}}""", "has a manifest that is empty")]
    [InlineData("""{"v":1,"id":"a","input":{"manifest":"m.txt"}}""", "expected a name that ends in .csv, .jsonl, .parquet, .json")]
    [InlineData("""{"v":1,"id":"a","input":{"prefix":"","suffix":"x"}}""", "has a field 'input.suffix', which is not known")]
    [InlineData("""{"v":1,"id":"a","input":{"prefix":""},"output":{"format":"xml"}}""", "has 'xml' as its 'output.format'; expected one of jsonl, csv, parquet")]
    [InlineData("""{"v":1,"id":"a","input":{"prefix":""},"output":{"fromat":"csv"}}""", "has a field 'output.fromat', which is not known")]
    [InlineData("""{"v":1,"id":"a","input":{"prefix":""},"overwrite":"some"}""", "has 'some' as its 'overwrite'; expected one of missing, all")]
    [InlineData("""{"v":1,"id":"a","input":{"prefix":""},"failAfterPercent":101}""", "has 101 as its 'failAfterPercent'")]
    [InlineData("""{"v":1,"id":"a","input":{"prefix":""},"failAfterPercent":"5"}""", "has a 'failAfterPercent' that is no number")]
    [InlineData("""{"v":1,"id":"a","input":{"prefix":"x\ud83d"}}""", "has half a character in a text")]
    [InlineData("""{"v":1,"id":"a","input":{"prefix":"","\udc00":1}}""", "has half a character in a text")]
    [InlineData("""{"v":1,"id":"a","\ud83d":1}""", "has half a character in a text")]
    [InlineData("""{"v":1,"id":"a","input":{"prefix":""},"failAfter":5}""", "has a field 'failAfter', which is not known")]
    public void Read_WrongMessage_SaysWhyInASentence(string message, string why)
    {
        InvalidJobException e = Assert.Throws<InvalidJobException>(() => JobJson.Read(message));

        Assert.Contains(why, e.Message, StringComparison.Ordinal);
        Assert.StartsWith("The job message ", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

    // No test's argument: what runs tests writes those as UTF-8.
    [Fact]
    public void Read_HalfACharacter_IsRefusedHoweverItIsSpelled() =>
        Assert.Throws<InvalidJobException>(() => JobJson.Read("{\"v\":1,\"id\":\"a\",\"input\":{\"prefix\":\"\ud83d\"}}"));

    [Theory]
    [InlineData("a", null)]
    [InlineData("图\u0001\"😀\\", "0x8D")]
    public void Write_OfImages_IsReadAgainAndAsLongAsLengthSays(string name, string? etag)
    {
        JobImage[] images = [new(name, etag), new("b")];

        Assert.Equal(images, JobJson.ReadImages(JobJson.Write(images)));
        Assert.Equal(JobJson.Write(images).Length, JobJson.Write([]).Length - 1 + images.Sum(JobJson.Length));
    }

    [Fact]
    public void Read_WrongMessageWithAnId_NamesTheJob()
    {
        Assert.Equal("a", Assert.Throws<InvalidJobException>(() => JobJson.Read("""{"v":1,"id":"a","input":{"prefix":""},"x":1}""")).Id);
        Assert.Null(Assert.Throws<InvalidJobException>(() => JobJson.Read("""{"v":1,"id":"a b","input":{"prefix":""}}""")).Id);
    }

    [Theory]
    [InlineData("""{"v":1,"job":"a"}""")]
    [InlineData("""{"v":1,"job":"a","chunk":-1}""")]
    [InlineData("""{"v":1,"job":"a","chunk":1.5}""")]
    [InlineData("""{"v":1,"job":"a/b","chunk":1}""")]
    [InlineData("""{"v":1,"job":"a","chunk":1,"x":1}""")]
    public void ReadChunk_WrongMessage_IsRefused(string message) => Assert.Throws<InvalidJobException>(() => JobJson.ReadChunk(message));

    [Fact]
    public void IsId_LongNames_EndAtSixtyThree() => Assert.True(JobJson.IsId(new('a', 63)) && !JobJson.IsId(new('a', 64)) && !JobJson.IsId("") && !JobJson.IsId(null));
}
