using TinySaver.Calibration.Watch;
using TinySaver.Core.Audits;
using TinySaver.Core.Escalations;
using TinySaver.Core.Labels;
using TinySaver.Pipeline.Audits;
using TinySaver.Pipeline.Escalations;
using TinySaver.Pipeline.Images;
using TinySaver.Pipeline.Stages;
using TinySaver.Pipeline.Tests.Stages;

namespace TinySaver.Pipeline.Tests.Audits;

/// <summary>Both stages with every image in the audit sample: red exits and is right, of dim red the large model says blue, and the tiny model is unsure of others.</summary>
public sealed class AuditSpecs : IDisposable
{
    private readonly TestCascade _cascade = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _cascade.Dispose();

    [Fact]
    public async Task EveryImageOfTheSample_is_answered_by_both_models_whoever_decides()
    {
        await using var pipeline = new MemoryPipeline(_cascade, o => o.AuditShare = 1);
        await pipeline.LabelAsync("sure", TestImages.Red);
        await pipeline.LabelAsync("wrong", TestImages.DimRed);
        await pipeline.LabelAsync("unsure", TestImages.Unsure);
        await pipeline.PumpAsync();

        Assert.Equal(3, pipeline.Audits.Rows.Count);
        Assert.Equal((0, false), (Audit(pipeline, "sure").Decision.ExitsAt, Audit(pipeline, "sure").Differs));
        AuditRow wrong = Audit(pipeline, "wrong");
        Assert.Equal((0, "red", "blue", true), (wrong.Decision.ExitsAt, wrong.Label, wrong.LargeLabel, wrong.Differs));
        AuditRow unsure = Audit(pipeline, "unsure");
        Assert.Equal((null, false, false), (unsure.Decision.ExitsAt, unsure.Exits, unsure.Differs));
        Assert.All(pipeline.Audits.Rows, r => Assert.Equal(2, r.Evidence.Count));
        Assert.Equal(_cascade.Policy.Savers[0].Model.ShortHash, wrong.Evidence[0].Model);
        Assert.Equal(wrong.Decision.Confidence!.Value, wrong.Evidence[0].Probabilities[0], 1e-6);
        Assert.True((await pipeline.RowAsync("unsure"))!.Audited);
        Assert.Equal("red", (await pipeline.RowAsync("wrong"))!.Label);
    }

    [Fact]
    public async Task ImagesOutsideTheSample_cost_no_message_and_no_audit()
    {
        await using var pipeline = new MemoryPipeline(_cascade, o => o.AuditShare = 0.3);
        string[] names = [.. Enumerable.Range(0, 40).Select(i => $"{i}")];
        foreach (string name in names)
            await pipeline.LabelAsync(name, TestImages.Red);

        await pipeline.PumpAsync();

        string[] audited = [.. pipeline.Audits.Rows.Select(r => r.Name).Order(StringComparer.Ordinal)];
        Assert.InRange(audited.Length, 1, 30);
        Assert.Equal(audited, await AuditedAsync(pipeline, names));
    }

    [Fact]
    public async Task ShadowShare_the_earlier_name_draws_the_same_sample()
    {
        await using var pipeline = new MemoryPipeline(_cascade, o => o.ShadowShare = 1);

        Assert.True((await pipeline.LabelAsync("a", TestImages.Red)).Row!.Audited);
    }

    [Fact]
    public async Task MessageThatComesAgain_is_counted_once()
    {
        await using var pipeline = new MemoryPipeline(_cascade, o => o.AuditShare = 1);
        Escalation escalation = EscalationJson.Read((await pipeline.EscalateAsync("a", TestImages.Unsure)).Body);
        await pipeline.Large.ProcessAsync([escalation], null, Cancellation);
        await pipeline.Labels.TryDeleteAsync("a", (await pipeline.Labels.GetAsync("a", Cancellation))!.RowTag, Cancellation);
        await LookAsync(pipeline);
        pipeline.Time.Advance(TimeSpan.FromMinutes(10));
        await pipeline.Large.ProcessAsync([escalation with { Row = null }], null, Cancellation);

        Assert.Equal(2, pipeline.Audits.Rows.Count);
        Assert.Equal(1, (await LookAsync(pipeline)).Counts.Audits);
    }

    [Fact]
    public async Task WorkerThatDiesBetweenAuditAndRow_loses_neither()
    {
        await using var pipeline = new MemoryPipeline(_cascade, o => o.AuditShare = 1);
        await pipeline.LabelAsync("a", TestImages.Red);
        pipeline.Faults.CrashAfter = operation => operation == "audits.add";
        Assert.Equal(EscalationOutcome.Retry, Assert.Single(await pipeline.PumpAsync()).Outcome);
        pipeline.Faults.CrashAfter = null;
        pipeline.Time.Advance(TimeSpan.FromMinutes(2));

        Assert.Equal(EscalationOutcome.ShadowRecorded, Assert.Single(await pipeline.PumpAsync()).Outcome);

        Assert.Equal(1, (await LookAsync(pipeline)).Counts.Audits);
        Assert.Equal("red", (await pipeline.RowAsync("a"))!.LargeLabel);
    }

    [Fact]
    public async Task ChainThatPools_keeps_what_every_saver_says_also_of_an_image_that_exits_before_the_last()
    {
        _cascade.WritePooledChain(middle: 1, large: [1, 1, 0.2]);
        await using var pipeline = new MemoryPipeline(_cascade, o => o.AuditShare = 1);
        await pipeline.LabelAsync("sure", TestImages.Red);
        await pipeline.LabelAsync("pooled", TestImages.DimRed);
        await pipeline.PumpAsync();

        AuditRow sure = Audit(pipeline, "sure"), pooled = Audit(pipeline, "pooled");
        Assert.Equal(_cascade.Policy.Models.Select(m => m.ShortHash), sure.Evidence.Select(e => e.Model));
        Assert.Equal(_cascade.Policy.Models.Select(m => m.ShortHash), pooled.Evidence.Select(e => e.Model));
        Assert.Equal((null, "red", "blue"), (pooled.Decision.ExitsAt, pooled.Label, pooled.LargeLabel));
        Assert.Equal(0, pipeline.Unpooled);
    }

    [Fact]
    public async Task LabelAcceptedUnderOverload_is_audited_as_the_policy_decides()
    {
        await using var pipeline = new MemoryPipeline(_cascade, o => (o.AuditShare, o.MaxBacklog) = (1, 1));
        await pipeline.LabelAsync("a", TestImages.Unsure);
        await pipeline.LabelAsync("b", TestImages.Unsure);
        pipeline.Time.Advance(pipeline.Options.BacklogInterval);
        LabelRow degraded = (await pipeline.LabelAsync("c", TestImages.Unsure)).Row!;
        await pipeline.PumpAsync();

        Assert.Equal((true, LabelStatus.Labelled, Decider.Tiny), (degraded.Degraded, degraded.Status, degraded.DecidedBy));
        AuditRow audit = Audit(pipeline, "c");
        Assert.Equal((true, false, false), (audit.Decision.Degraded, audit.Exits, audit.Differs));
        LabelRow row = (await pipeline.RowAsync("c"))!;
        Assert.Equal((true, true, Decider.Tiny, true), (row.Degraded, row.Shadow, row.DecidedBy, row.LargeLabel is not null));
    }

    [Fact]
    public async Task JobThatAsksAgain_audits_a_version_once_a_policy()
    {
        await using var pipeline = new MemoryPipeline(_cascade, o => o.AuditShare = 1);
        foreach (byte[] image in new[] { TestImages.Red, TestImages.Unsure })
            await pipeline.LabelAsync(image == TestImages.Red ? "sure" : "unsure", image);

        await pipeline.PumpAsync();
        await AskAgainAsync(pipeline, "sure");
        await AskAgainAsync(pipeline, "unsure");
        pipeline.Time.Advance(TimeSpan.FromDays(30));
        await pipeline.PumpAsync();
        Assert.Equal(2, pipeline.Audits.Rows.Count);

        _cascade.WritePolicy(threshold: 0.91);
        await pipeline.Cascades.RefreshAsync(Cancellation);
        await AskAgainAsync(pipeline, "sure", job: "second");
        await pipeline.PumpAsync();
        Assert.Equal(3, pipeline.Audits.Rows.Count);
    }

    [Fact]
    public async Task AccountWithoutTheTable_gets_its_labels_all_the_same()
    {
        await using var pipeline = new MemoryPipeline(_cascade, o => o.AuditShare = 1);
        pipeline.Audits.IsMissing = true;
        await pipeline.LabelAsync("a", TestImages.Unsure);

        Assert.Equal(EscalationOutcome.Labelled, Assert.Single(await pipeline.PumpAsync()).Outcome);
    }

    [Fact]
    public async Task SafeMode_escalates_every_image_while_the_guarantee_is_broken_and_no_longer()
    {
        await using var pipeline = new MemoryPipeline(_cascade, o => o.SafeMode = true);
        Assert.Equal(TinyOutcome.Labelled, (await pipeline.LabelAsync("before", TestImages.DimRed)).Outcome);
        await BreakAsync(pipeline);
        pipeline.Time.Advance(TimeSpan.FromMinutes(1));

        TinyResult result = await pipeline.LabelAsync("safe", TestImages.DimRed);
        await pipeline.PumpAsync();
        LabelRow row = (await pipeline.RowAsync("safe"))!;

        Assert.Equal((TinyOutcome.Escalated, true), (result.Outcome, result.Row!.Safe));
        Assert.Equal(("blue", Decider.Large, true, "red"), (row.Label, row.DecidedBy, row.Safe, row.TinyLabel));
        Assert.Empty(pipeline.Audits.Rows);
        pipeline.Options.SafeMode = false;
        Assert.Equal(TinyOutcome.Labelled, (await pipeline.LabelAsync("off", TestImages.DimRed)).Outcome);
        pipeline.Options.SafeMode = true;
        Assert.Equal(TinyOutcome.Escalated, (await pipeline.LabelAsync("on", TestImages.DimRed)).Outcome);
        _cascade.WritePolicy(threshold: 0.91);
        await pipeline.Cascades.RefreshAsync(Cancellation);
        Assert.Equal(TinyOutcome.Labelled, (await pipeline.LabelAsync("new-policy", TestImages.DimRed)).Outcome);
    }

    [Fact]
    public async Task WatchThatIsBegunAnew_counts_only_what_comes_after_also_where_its_plan_changes()
    {
        await using var pipeline = new MemoryPipeline(_cascade, o => o.AuditShare = 1);
        await AuditAsync("before");
        Assert.Equal(1, (await LookAsync(pipeline)).Counts.Audits);
        await RestartAsync(pipeline);
        Assert.Equal(0, (await pipeline.Watcher.LookAsync(Cancellation))!.Counts.Audits);
        await AuditAsync("after");
        Assert.Equal(1, (await LookAsync(pipeline)).Counts.Audits);

        StoredWatch watch = (await pipeline.Watches.GetAsync(_cascade.Policy.Id, Cancellation))!;
        var another = new WatchPlan(0.01, true, 20, null, null, []);
        Assert.True(await pipeline.Watches.TryWriteAsync(watch with { State = new GuaranteeWatch(another).State }, Cancellation));
        await AuditAsync("later");
        Assert.Equal(2, (await LookAsync(pipeline)).Counts.Audits);
        Assert.Equal("ada", Assert.Single((await pipeline.Watches.GetAsync(_cascade.Policy.Id, Cancellation))!.Restarts).By);

        async Task AuditAsync(string name)
        {
            pipeline.Time.Advance(TimeSpan.FromMinutes(1));
            await pipeline.LabelAsync(name, TestImages.Red);
            await pipeline.PumpAsync();
        }
    }

    [Fact]
    public async Task SafeMode_ends_when_the_watch_is_begun_anew()
    {
        await using var pipeline = new MemoryPipeline(_cascade, o => o.SafeMode = true);
        await BreakAsync(pipeline);
        Assert.Equal(TinyOutcome.Escalated, (await pipeline.LabelAsync("safe", TestImages.Red)).Outcome);
        await RestartAsync(pipeline);
        pipeline.Time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(TinyOutcome.Labelled, (await pipeline.LabelAsync("anew", TestImages.Red)).Outcome);
    }

    [Fact]
    public async Task SafeMode_takes_the_large_models_own_label_also_where_the_policy_pools_and_audits_what_the_policy_decides()
    {
        _cascade.WritePooledChain(middle: 0.94, large: [1, 1, 0.2]);
        await using var pipeline = new MemoryPipeline(_cascade, o => (o.SafeMode, o.AuditShare) = (true, 1));
        await BreakAsync(pipeline);
        await pipeline.LabelAsync("a", TestImages.DimRed);
        await pipeline.PumpAsync();

        Assert.Equal("blue", (await pipeline.RowAsync("a"))!.Label);
        AuditRow audit = Audit(pipeline, "a");
        Assert.Equal((1, "red", "blue", true), (audit.Decision.ExitsAt, audit.Label, audit.LargeLabel, audit.Safe));
    }

    private async Task BreakAsync(MemoryPipeline pipeline)
    {
        var plan = new WatchPlan(0.01, true, 20, null, null, []);
        var broken = new WatchState(plan, new() { Audits = 1, BrokenSince = pipeline.Time.GetUtcNow() }, [new double[7]]);
        Assert.True(await pipeline.Watches.TryWriteAsync(new(_cascade.Policy.Id, pipeline.Time.GetUtcNow(), pipeline.Time.GetUtcNow(), broken, Tag: null), Cancellation));
    }

    private async Task RestartAsync(MemoryPipeline pipeline)
    {
        StoredWatch watch = (await pipeline.Watches.GetAsync(_cascade.Policy.Id, Cancellation))!;
        Assert.True(await pipeline.Watches.TryWriteAsync(watch.Restarted(pipeline.Time.GetUtcNow(), "ada"), Cancellation));
    }

    private static async Task<GuaranteeReport> LookAsync(MemoryPipeline pipeline)
    {
        pipeline.Time.Advance(GuaranteeWatcher.Settles + TimeSpan.FromSeconds(1));
        return (await pipeline.Watcher.LookAsync(Cancellation))!;
    }

    private static AuditRow Audit(MemoryPipeline pipeline, string name) => pipeline.Audits.Rows.Single(r => r.Name == name);

    private static async Task<string[]> AuditedAsync(MemoryPipeline pipeline, string[] names)
    {
        var audited = new List<string>();
        foreach (string name in names)
        {
            LabelRow row = (await pipeline.RowAsync(name))!;
            if (row.LargeLabel is not null)
                audited.Add(name);
        }

        return [.. audited.Order(StringComparer.Ordinal)];
    }

    private static async Task AskAgainAsync(MemoryPipeline pipeline, string name, string job = "job") => await pipeline.Tiny.ProcessAsync(
        new ImageReference(name), Cancellation, new JobClaim(job, await pipeline.Labels.GetAsync(name, Cancellation), _ => true));
}
