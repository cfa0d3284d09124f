using System.Text;
using TinySaver.Core.Confidence;
using TinySaver.Core.Escalations;
using TinySaver.Core.Failures;
using TinySaver.Core.Labels;

namespace TinySaver.Core.Tests.Escalations;

public sealed class EscalationJsonTests(ITestOutputHelper output)
{
    private static readonly Escalation Sample = new()
    {
        Container = "images",
        Name = "belt/ä #?\\😀.jpg",
        ETag = "0x8DC1",
        LastModified = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        Tiny = new TinyAnswer(1, "cat", 0.5, [new(1, "cat", 0.5f), new(0, "dog", 0.25f)]),
        Policy = "p1",
        EnqueuedAt = new DateTimeOffset(2026, 1, 2, 3, 4, 6, TimeSpan.Zero),
    };

    [Fact]
    public void Write_Escalation_IsTheContractsJson() => Assert.Equal(
        """
        {"v":1,"container":"images","name":"belt/ä #?\\😀.jpg","etag":"0x8DC1","lastModified":"2026-01-02T03:04:05+00:00","tiny":{"classIndex":1,"label":"cat","confidence":0.5,"topK":[{"classIndex":1,"label":"cat","probability":0.5},{"classIndex":0,"label":"dog","probability":0.25}]},"policy":"p1","enqueuedAt":"2026-01-02T03:04:06+00:00"}
        """.Replace("😀", "\\uD83D\\uDE00", StringComparison.Ordinal),
        Encoding.UTF8.GetString(EscalationJson.Write(Sample)));

    [Fact]
    public void Read_WrittenMessage_IsTheSame()
    {
        Escalation shadow = Sample with { Shadow = true, Row = "W/\"datetime'2026-01-02T03%3A04%3A05.678Z'\"", TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", TraceState = "a=b" };

        Escalation read = EscalationJson.Read(EscalationJson.Write(shadow));

        Assert.Equal(shadow.Tiny!.TopK, read.Tiny!.TopK);
        Assert.Equal(shadow, read with { Tiny = shadow.Tiny });
        Assert.Equal(shadow.Tiny, read.Tiny with { TopK = shadow.Tiny.TopK });
        Assert.Equal(shadow.Version, read.Version);
    }

    // The second saver's message of a policy that pools: what each of the two says, in their order.
    private static Escalation WithEvidence => Sample with { Evidence = [new("0123456789ab", [1, 0], [0.5f, 1e-9f]), new("ba9876543210", [7], [0.3f])] };

    [Fact]
    public void Write_EscalationWithEvidence_IsVersion2OfTheContractsJson() => Assert.Equal(
        """
        {"v":2,"container":"images","name":"a.jpg","etag":"0x8DC1","lastModified":"2026-01-02T03:04:05+00:00","tiny":{"classIndex":1,"label":"cat","confidence":0.5,"topK":[]},"evidence":[{"model":"0123456789ab","classes":[1,0],"probabilities":[0.5,1E-09]},{"model":"ba9876543210","classes":[7],"probabilities":[0.3]}],"policy":"p1","enqueuedAt":"2026-01-02T03:04:06+00:00"}
        """,
        Encoding.UTF8.GetString(EscalationJson.Write(WithEvidence with { Name = "a.jpg", Tiny = Sample.Tiny! with { TopK = [] } })));

    [Fact]
    public void Read_EvidenceAndPooledAnswer_AreTheSame()
    {
        // Numbers that have no short decimals: every bit decides about a label.
        float[] probabilities = [1f / 3, 0.1f, float.Epsilon];
        Escalation pooled = Sample with { Shadow = true, Pooled = new TinyAnswer(4, "elk", 0.7f / 3, [new(4, "elk", 0.7f / 3)]), Evidence = [new("m", [2, 0, 1], probabilities), new("n", [], [])] };

        Escalation read = EscalationJson.Read(EscalationJson.Write(pooled));

        Assert.Equal((2, 2), (pooled.V, read.V));
        Assert.Equal(pooled.Pooled.Prediction with { TopK = [] }, read.Pooled!.Prediction with { TopK = [] });
        Assert.Equal(pooled.Pooled.TopK, read.Pooled.TopK);
        Assert.Equal(("m", "n"), (read.Evidence![0].Model, read.Evidence[1].Model));
        Assert.Equal([2, 0, 1], read.Evidence[0].Classes);
        Assert.Equal(probabilities, read.Evidence[0].Probabilities);
    }

    [Fact]
    public void Write_PooledShadow_IsNotReadByALargeAppThatWouldForgetThePool() =>
        Assert.Equal(2, (Sample with { Shadow = true, Pooled = Sample.Tiny }).V);

    [Theory]
    [InlineData("[null]", "element that is null")]
    [InlineData("[{}]", "required")]
    [InlineData("[{\"model\":\"m\",\"classes\":null,\"probabilities\":[]}]", "classes")]
    [InlineData("[{\"model\":\"m\",\"classes\":[0.5],\"probabilities\":[1]}]", "classes")]
    [InlineData("{}", "evidence")]
    public void Read_EvidenceOfAnotherForm_IsMalformed(string evidence, string message)
    {
        string json = Encoding.UTF8.GetString(EscalationJson.Write(Sample)).Replace("\"v\":1", $"\"v\":2,\"evidence\":{evidence}", StringComparison.Ordinal);
        Assert.Contains(message, Assert.Throws<PermanentFailureException>(() => EscalationJson.Read(Encoding.UTF8.GetBytes(json))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_ManyClassesWithLongTexts_FitsAQueueMessageWithAllEvidence()
    {
        // As many as ImageNet-21k has, under texts longer than its longest, in a blob of the longest name.
        string[] labels = [.. Enumerable.Range(0, 21_841).Select(i => $"n{i:D8} {new string('ö', 250)}")];
        var random = new Random(1);
        Prediction[] savers = [.. "ab".Select(model => Predictions.Read(
            [.. labels.Select(_ => (float)random.NextDouble())], ScoreKind.Logits, 1, ConfidenceMeasure.MaxProbability, labels, [], evidenceOf: new(model, 12)))];
        Escalation escalation = Sample with
        {
            Name = new('ä', 1024),
            Tiny = new TinyAnswer(savers[1].ClassIndex, savers[1].Label, savers[1].Confidence, savers[1].TopK, "bbbbbbbbbbbb"),
            Evidence = [.. savers.Select(s => s.Evidence!)],
        };

        byte[] json = EscalationJson.Write(escalation);
        byte[] cut = EscalationJson.Write(escalation with { Tiny = escalation.Tiny with { TopK = [new(0, new('x', 30_000), 1)] } });

        output.WriteLine($"{json.Length} bytes, {json.Length - EscalationJson.Write(escalation with { Evidence = null }).Length} of them the evidence of two savers.");
        Assert.InRange(json.Length, 0, EscalationJson.MaxBytes);
        Assert.Equal(5, EscalationJson.Read(json).Tiny!.TopK.Count);
        Escalation read = EscalationJson.Read(cut);
        Assert.Empty(read.Tiny!.TopK);
        Assert.Equal(escalation.Evidence.SelectMany(e => e.Probabilities), read.Evidence!.SelectMany(e => e.Probabilities));
        Assert.Equal(40, read.Evidence!.Sum(e => e.Classes.Length));
    }

    [Fact]
    public void Read_UnknownMembers_AreIgnored()
    {
        string json = Encoding.UTF8.GetString(EscalationJson.Write(Sample));

        Assert.Equal(Sample.Name, EscalationJson.Read(Encoding.UTF8.GetBytes(json.Insert(1, "\"later\":[1],"))).Name);
    }

    [Theory]
    [InlineData("not json", "")]
    [InlineData("[]", "no format version")]
    [InlineData("{\"v\":\"1\"}", "")]
    [InlineData("{\"v\":3,\"whatever\":true}", "format version is 3 and this program reads 1 to 2")]
    [InlineData("{\"v\":0}", "format version is 0")]
    [InlineData("{\"v\":1}", "required")]
    [InlineData("{\"v\":1,\"container\":null,\"name\":\"a\",\"etag\":\"e\",\"lastModified\":\"2026-01-01T00:00:00Z\",\"tiny\":{\"classIndex\":0,\"label\":\"\",\"confidence\":0,\"topK\":[]},\"policy\":\"\",\"enqueuedAt\":\"2026-01-01T00:00:00Z\"}", "")]
    [InlineData("{\"v\":1,\"container\":\"c\",\"name\":\"\",\"etag\":\"e\",\"lastModified\":\"2026-01-01T00:00:00Z\",\"tiny\":{\"classIndex\":0,\"label\":\"\",\"confidence\":0,\"topK\":[]},\"policy\":\"\",\"enqueuedAt\":\"2026-01-01T00:00:00Z\"}", "empty")]
    public void Read_AnythingElse_IsMalformed(string json, string message)
    {
        PermanentFailureException e = Assert.Throws<PermanentFailureException>(() => EscalationJson.Read(Encoding.UTF8.GetBytes(json)));

        Assert.Equal(FailureReason.MalformedMessage, e.Reason);
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
    }

    // Neither could ever be recorded in the table: as a dead letter each would come again for ever.
    [Theory]
    [InlineData(1025, 17, 2026, "1024 characters")]
    [InlineData(10, 1025, 2026, "1024 characters")]
    [InlineData(10, 17, 1600, "written in 1600")]
    public void Read_WhatStorageCouldNotHaveAnnounced_IsMalformed(int nameLength, int etagLength, int year, string message)
    {
        Escalation foreign = Sample with
        {
            Name = new('n', nameLength),
            ETag = new('e', etagLength),
            LastModified = new(year, 1, 1, 0, 0, 0, TimeSpan.Zero),
        };

        PermanentFailureException e = Assert.Throws<PermanentFailureException>(() => EscalationJson.Read(EscalationJson.Write(foreign)));

        Assert.Equal(FailureReason.MalformedMessage, e.Reason);
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("*")]
    [InlineData("")]
    public void Read_RowThatAnyRowWouldMatch_IsMalformed(string row) => Assert.Contains(
        "no row's tag",
        Assert.Throws<PermanentFailureException>(() => EscalationJson.Read(EscalationJson.Write(Sample with { Row = row }))).Message,
        StringComparison.Ordinal);

    [Fact]
    public void Read_EscalationWithoutSaver_HasNoTinyAnswer() =>
        Assert.Null(EscalationJson.Read(EscalationJson.Write(Sample with { Tiny = null })).Tiny);

    [Fact]
    public void Write_TooLongTexts_DropsClassesThenRefuses()
    {
        string text = new('x', 10_000);
        Escalation longClasses = Sample with { Tiny = Sample.Tiny! with { TopK = [.. Enumerable.Range(0, 5).Select(i => new ClassPrediction(i, text, 0.1f))] } };

        byte[] json = EscalationJson.Write(longClasses);

        Assert.True(json.Length <= EscalationJson.MaxBytes);
        Assert.Equal(2, EscalationJson.Read(json).Tiny!.TopK.Count);
        Assert.Throws<TinySaverException>(() => EscalationJson.Write(Sample with { Tiny = Sample.Tiny! with { Label = text + text + text } }));
    }

    [Fact]
    public void MessageId_OfOneVersion_IsTheHashOfContainerNameAndETag()
    {
        Assert.Equal(
            "e10cc031af53f9dda55f23f68564f5445993a11a7108043201c52bcc373133d4",
            (Sample with { Name = "a.jpg" }).MessageId);
        Assert.Equal(Sample.MessageId, (Sample with { Policy = "p2", EnqueuedAt = default }).MessageId);
        Assert.NotEqual(Sample.MessageId, (Sample with { ETag = "0x8DC2" }).MessageId);
    }
}
