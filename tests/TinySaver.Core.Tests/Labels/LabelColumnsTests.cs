using TinySaver.Core.Failures;
using TinySaver.Core.Labels;

namespace TinySaver.Core.Tests.Labels;

public sealed class LabelColumnsTests
{
    private static readonly LabelRow Full = new("a/b.jpg", new ImageVersion(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), "0x8DC1"), LabelStatus.Failed)
    {
        Label = "cat",
        ClassIndex = 7,
        Confidence = 0.75,
        DecidedBy = Decider.Large,
        TopK = [new(7, "cat", 0.75f), new(1, "dog", 0.25f)],
        TinyLabel = "dog",
        TinyClassIndex = 1,
        TinyConfidence = 0.5,
        LargeLabel = "cat",
        LargeClassIndex = 7,
        LargeConfidence = 0.75,
        Shadow = true,
        Degraded = true,
        Safe = true,
        Audited = true,
        Policy = "p1",
        TinyModel = "abc",
        LargeModel = "def",
        Reason = FailureReason.Damaged,
        ReasonDetail = "its data end too early",
        StageMilliseconds = 12.5,
        OperationId = "0af7",
        Job = "january",
    };

    [Fact]
    public void Write_WhatReadGives_MakesTheSameRow()
    {
        var blank = new LabelRow("", default);
        Assert.All(typeof(LabelRow).GetProperties(), p => Assert.NotEqual(p.GetValue(blank), p.GetValue(Full)));

        LabelRow row = LabelColumns.All.Aggregate(blank, (row, column) => column.Write(row, column.Read(Full)!));

        Assert.Equal(Full.TopK, row.TopK);
        Assert.Equal(Full, row with { TopK = Full.TopK });
    }

    [Fact]
    public void Read_EachColumn_HasItsType() =>
        Assert.All(LabelColumns.All, column => Assert.Equal(column.Type, column.Read(Full)!.GetType()));

    // Tables and files that are read by others have these: none may ever change or move.
    [Fact]
    public void All_HaveTheDocumentedNamesAndOrder()
    {
        Assert.Equal(
            "name,status,label,classIndex,confidence,decidedBy,tinyLabel,tinyConfidence,largeLabel,largeConfidence,shadow,degraded,topK,reason,message,"
            + "policy,tinyModel,largeModel,imageETag,imageLastModified,stageMilliseconds,operationId,safe,audited",
            string.Join(',', LabelColumns.All.Where(c => c.Reach >= ColumnReach.Results).Select(c => c.Field)));
        Assert.Equal(
            "status,label,classIndex,confidence,decidedBy,tinyLabel,tinyConfidence,topK,reason,message",
            string.Join(',', LabelColumns.All.Where(c => c.Reach == ColumnReach.Everywhere).Select(c => c.Field)));
        Assert.Equal(["Name", "Status", "ImageETag", "ImageLastModified"], LabelColumns.All.Where(c => c.IsRequired).Select(c => c.Name));
        Assert.Equal("ReasonDetail", LabelColumns.All.Single(c => c.Field == "message").Name);
    }

    [Fact]
    public void Write_ReasonOfALaterVersion_IsUnknown()
    {
        LabelColumn reason = LabelColumns.All.Single(c => c.Name == "Reason");

        Assert.Equal(FailureReason.Unknown, reason.Write(Full, "too-beautiful").Reason);
    }

    [Fact]
    public void Read_ClassesTooLongForAText_AreHalvedUntilTheyFit()
    {
        LabelColumn topK = LabelColumns.All.Single(c => c.Name == "TopK");
        string text = new('x', LabelColumns.MaxTextLength / 3);

        Assert.Equal(2, topK.Write(Full, topK.Read(Full with { TopK = [new(0, text, 1), new(1, text, 0), new(2, text, 0), new(3, text, 0)] })!).TopK.Count);
        Assert.Null(topK.Read(Full with { TopK = [new(0, text + text + text, 1)] }));
    }
}
