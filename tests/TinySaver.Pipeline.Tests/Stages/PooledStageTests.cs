using TinySaver.Core.Escalations;
using TinySaver.Core.Labels;
using TinySaver.Core.Pooling;
using TinySaver.Pipeline.Escalations;

namespace TinySaver.Pipeline.Tests.Stages;

/// <summary>Both stages with a policy that pools, on an image of which the tiny model says red, and the middle and the large one blue.</summary>
/// <remarks>
/// Its red is 110 / 255. Tiny: logits 3.451, 0, 0, so red .9404 and blue .0298. Middle: 3.451, 0, 4, so red .3619 and blue .6266. Their pool is
/// proportional to .3403, .0003, .0187: red .9470. Large: 86.27, 0, 90, so red .0235 and blue .9765; with its weight of .2 red is .8963.
/// </remarks>
public sealed class PooledStageTests : IDisposable
{
    private const double Never = 1;
    private const double AtTheMiddle = 0.94;

    private static readonly double[] LargeWeights = [1, 1, 0.2];

    private readonly TestCascade _cascade = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _cascade.Dispose();

    [Fact]
    public async Task TinyStage_PooledSaver_LabelsByThePoolAndRecordsWhatItSaysAlone()
    {
        _cascade.WritePooledChain(AtTheMiddle);
        await using var pipeline = new MemoryPipeline(_cascade);

        LabelRow row = (await pipeline.LabelAsync("a", TestImages.DimRed)).Row!;

        AssertSaversPool(row);
        Assert.False(row.Degraded);
        Assert.Null(row.LargeLabel);
        Assert.Equal(0, await pipeline.Queue.GetBacklogAsync(Cancellation));
    }

    [Fact]
    public async Task TinyStage_Overload_AcceptsThePooledLabelDegraded()
    {
        _cascade.WritePooledChain(Never, LargeWeights);
        await using var pipeline = new MemoryPipeline(_cascade, o => o.MaxBacklog = 1);
        await pipeline.EscalateAsync("a", TestImages.DimRed);
        await pipeline.EscalateAsync("b", TestImages.DimRed);
        pipeline.Time.Advance(pipeline.Options.BacklogInterval);

        LabelRow row = (await pipeline.LabelAsync("c", TestImages.DimRed)).Row!;

        AssertSaversPool(row);
        Assert.True(row.Degraded);
    }

    [Fact]
    public async Task TinyStage_Escalation_CarriesWhatEachSaverSaysWhereTheLargeModelPools()
    {
        _cascade.WritePooledChain(Never, LargeWeights);
        await using var pipeline = new MemoryPipeline(_cascade);

        Escalation escalation = await EscalateAsync(pipeline);

        Assert.Equal((2, "blue"), (escalation.V, escalation.Tiny!.Label));
        Assert.Null(escalation.Pooled);
        Assert.Equal(_cascade.Policy.Savers.Select(s => s.Model.ShortHash), escalation.Evidence!.Select(e => e.Model));
        Assert.Equal([0, 1, 2], escalation.Evidence![0].Classes);
        Assert.Equal([0.9404f, 0.0298f, 0.0298f], escalation.Evidence[0].Probabilities, (a, b) => MathF.Abs(a - b) < 1e-4f);
        Assert.Equal([2, 0, 1], escalation.Evidence[1].Classes);
        Assert.Equal([0.6266f, 0.3619f, 0.0115f], escalation.Evidence[1].Probabilities, (a, b) => MathF.Abs(a - b) < 1e-4f);
    }

    [Fact]
    public async Task Stages_LargeModelWithoutWeights_AnswersAloneToAMessageOfVersion1()
    {
        _cascade.WritePooledChain(Never);
        await using var pipeline = new MemoryPipeline(_cascade);
        Escalation escalation = await EscalateAsync(pipeline);

        LabelRow row = await AnswerAsync(pipeline, escalation);

        Assert.Equal(1, escalation.V);
        Assert.Null(escalation.Evidence);
        Assert.Equal(("blue", "blue", row.LargeConfidence), (row.Label, row.LargeLabel, row.Confidence));
        Assert.Equal(0, pipeline.Unpooled);
    }

    [Fact]
    public async Task LargeStage_EscalationWithEvidence_LabelsByThePoolOfAllAndRecordsWhatTheLargeModelSaysAlone()
    {
        _cascade.WritePooledChain(Never, LargeWeights);
        await using var pipeline = new MemoryPipeline(_cascade);

        LabelRow row = await AnswerAsync(pipeline, await EscalateAsync(pipeline));

        Assert.Equal(("red", 0, Decider.Large, LabelStatus.Labelled), (row.Label, row.ClassIndex, row.DecidedBy, row.Status));
        Assert.Equal(0.8963, row.Confidence!.Value, 1e-4);
        Assert.Equal([("red", 0), ("blue", 2), ("green", 1)], row.TopK.Select(c => (c.Label, c.ClassIndex)));
        Assert.Equal(row.Confidence.Value, row.TopK[0].Probability, 1e-6);
        Assert.Equal(("blue", 2), (row.LargeLabel, row.LargeClassIndex));
        Assert.Equal(0.9765, row.LargeConfidence!.Value, 1e-4);
        AssertMiddleAlone(row);
        Assert.Equal(0, pipeline.Unpooled);
    }

    [Fact]
    public async Task LargeStage_MessageDeliveredAgain_MakesTheSameRow()
    {
        _cascade.WritePooledChain(Never, LargeWeights);
        await using var pipeline = new MemoryPipeline(_cascade);
        Escalation escalation = await EscalateAsync(pipeline);
        LabelRow first = await AnswerAsync(pipeline, escalation);
        await pipeline.Labels.TryDeleteAsync("a", (await pipeline.Labels.GetAsync("a", Cancellation))!.RowTag, Cancellation);

        LabelRow again = await AnswerAsync(pipeline, escalation);

        Assert.Equal(first.TopK, again.TopK);
        Assert.Equal(first, again with { TopK = first.TopK, OperationId = first.OperationId, StageMilliseconds = first.StageMilliseconds });
    }

    public static TheoryData<string> UnusableEvidence => ["none", "one saver's", "another model's", "savers exchanged", "a strange class", "an impossible number"];

    [Theory]
    [MemberData(nameof(UnusableEvidence))]
    public async Task LargeStage_EvidenceThatIsNotOfThesePolicysSavers_IsAnsweredAloneAndCounted(string what)
    {
        _cascade.WritePooledChain(Never, LargeWeights);
        await using var pipeline = new MemoryPipeline(_cascade);
        Escalation sent = await EscalateAsync(pipeline);
        IReadOnlyList<Evidence> evidence = sent.Evidence!;
        Escalation escalation = sent with
        {
            Evidence = what switch
            {
                "none" => null,
                "one saver's" => [evidence[0]],
                "another model's" => [evidence[0], evidence[1] with { Model = "000000000000" }],
                "savers exchanged" => [evidence[1], evidence[0]],
                "a strange class" => [evidence[0], evidence[1] with { Classes = [0, 1, 3] }],
                _ => [evidence[0] with { Probabilities = [float.PositiveInfinity, 0, 0] }, evidence[1]],
            },
        };

        LabelRow row = await AnswerAsync(pipeline, escalation);

        Assert.Equal(("blue", "blue", row.LargeConfidence, Decider.Large), (row.Label, row.LargeLabel, row.Confidence, row.DecidedBy));
        AssertMiddleAlone(row);
        Assert.Equal(1, pipeline.Unpooled);

        // Nothing was labelled.
        await pipeline.Large.ProcessAsync([escalation], null, Cancellation);
        Assert.Equal(1, pipeline.Unpooled);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task LargeStage_PolicyWithoutHashes_PoolsTheEvidenceOfTheSamePolicyOnly(bool same)
    {
        _cascade.WritePooledChain(Never, LargeWeights, hashes: false);
        await using var pipeline = new MemoryPipeline(_cascade);
        Escalation escalation = await EscalateAsync(pipeline);

        LabelRow row = await AnswerAsync(pipeline, same ? escalation : escalation with { Policy = "another" });

        Assert.Equal((same ? "red" : "blue", same ? 0 : 1), (row.Label, pipeline.Unpooled));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Stages_ShadowOfAPooledSaver_KeepsItsLabelAndRecordsTheLargeModelAlone(bool largePools)
    {
        _cascade.WritePooledChain(AtTheMiddle, largePools ? LargeWeights : null);
        await using var pipeline = new MemoryPipeline(_cascade, o => o.AuditShare = 1);
        await pipeline.LabelAsync("a", TestImages.DimRed);
        LabelRow before = (await pipeline.RowAsync("a"))!;
        Escalation escalation = EscalationJson.Read(Assert.Single(await pipeline.Queue.ReceiveAsync(1, Cancellation)).Body);

        Assert.Equal(EscalationOutcome.ShadowRecorded, Assert.Single(await pipeline.Large.ProcessAsync([escalation], null, Cancellation)).Outcome);

        LabelRow row = (await pipeline.RowAsync("a"))!;
        AssertSaversPool(row);
        Assert.Equal((before.Confidence, before.TinyConfidence, true), (row.Confidence, row.TinyConfidence, row.Shadow));
        Assert.Equal(before.TopK, row.TopK);
        Assert.Equal("blue", row.LargeLabel);
        Assert.Equal(0.9765, row.LargeConfidence!.Value, 1e-4);
        Assert.Equal(2, escalation.Evidence!.Count);
        Assert.Equal(0, pipeline.Unpooled);
    }

    private static async Task<Escalation> EscalateAsync(MemoryPipeline pipeline) =>
        EscalationJson.Read((await pipeline.EscalateAsync("a", TestImages.DimRed)).Body);

    private static async Task<LabelRow> AnswerAsync(MemoryPipeline pipeline, Escalation escalation)
    {
        Assert.Equal(EscalationOutcome.Labelled, Assert.Single(await pipeline.Large.ProcessAsync([escalation], null, Cancellation)).Outcome);
        return (await pipeline.RowAsync("a"))!;
    }

    private void AssertSaversPool(LabelRow row)
    {
        Assert.Equal(("red", 0, Decider.Tiny, LabelStatus.Labelled), (row.Label, row.ClassIndex, row.DecidedBy, row.Status));
        Assert.Equal(0.9470, row.Confidence!.Value, 1e-4);
        Assert.Equal(["red", "blue", "green"], row.TopK.Select(c => c.Label));
        Assert.Equal(row.Confidence.Value, row.TopK[0].Probability, 1e-6);
        AssertMiddleAlone(row);
    }

    private void AssertMiddleAlone(LabelRow row)
    {
        Assert.Equal(("blue", 2, _cascade.Policy.Id), (row.TinyLabel, row.TinyClassIndex, row.Policy));
        Assert.Equal(0.6266, row.TinyConfidence!.Value, 1e-4);
        Assert.StartsWith(row.TinyModel!, _cascade.Policy.Savers[1].Model.Sha256 ?? row.TinyModel!, StringComparison.Ordinal);
    }
}
