using Azure.Data.Tables;
using TinySaver.Calibration.Watch;
using TinySaver.Core.Audits;
using TinySaver.Pipeline.Audits;
using TinySaver.Pipeline.Storage;
using TinySaver.Pipeline.Tests.Emulator;
using TinySaver.Pipeline.Tests.InMemory;

namespace TinySaver.Pipeline.Tests.Audits;

public sealed class InMemoryAuditsTests : AuditStoreContract
{
    protected override Task<(IAuditStore Audits, IWatchStore Watches)> CreateAsync() =>
        Task.FromResult<(IAuditStore, IWatchStore)>((new InMemoryAudits(), new InMemoryWatches()));
}

public sealed class TableAuditStoreTests(AzuriteFixture azurite) : AuditStoreContract
{
    protected override async Task<(IAuditStore Audits, IWatchStore Watches)> CreateAsync()
    {
        StorageOptions options = azurite.NewOptions();
        TableClient table = AzuriteFixture.Connect(options).Tables.GetTableClient(options.AuditsTable);
        var audits = new TableAuditStore(table);
        await audits.EnsureCreatedAsync(Cancellation);
        return (audits, new TableWatchStore(table));
    }
}

/// <summary>What both the table and its twin in memory keep.</summary>
public abstract class AuditStoreContract
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 4, 12, 0, 0, TimeSpan.Zero);

    private static readonly AuditRow Full = new(
        "0123456789ab", Noon, "line-4/ä #1.jpg", new(Noon.AddDays(-3), "0x8D"), new(0, 3, 0.97) { Degraded = true }, 3, "scratch", 4, "dent", 0.81)
    {
        Evidence = [new("aaaaaaaaaaaa", [3, 4], [0.97f, 0.01f / 3]), new(null, [4], [0.81f])],
        Safe = true,
        Job = "nightly",
    };

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ReadAsync_WhatWasWritten_IsTheSame()
    {
        (IAuditStore audits, _) = await CreateAsync();
        AuditRow bare = Full with { Version = new(Noon, "0x9"), Decision = new(), Evidence = [], Safe = false, Job = null };
        await audits.AddAsync(Full, Cancellation);
        await audits.AddAsync(bare, Cancellation);

        List<AuditRow> rows = await ReadAsync(audits, Full.Policy, Noon, Noon.AddSeconds(1));

        AuditRow full = rows.Single(r => r.Job is not null);
        Assert.Equal(Full, full with { Evidence = Full.Evidence });
        Assert.Equal(Full.Evidence.Select(e => e.Model), full.Evidence.Select(e => e.Model));
        Assert.Equal(Full.Evidence.SelectMany(e => e.Classes), full.Evidence.SelectMany(e => e.Classes));
        Assert.Equal(Full.Evidence.SelectMany(e => e.Probabilities), full.Evidence.SelectMany(e => e.Probabilities));
        Assert.Equal(bare, rows.Single(r => r.Job is null) with { Evidence = bare.Evidence });
        Assert.Empty((await ReadAsync(audits, Full.Policy, Noon, Noon.AddSeconds(1), evidence: false)).SelectMany(r => r.Evidence));
    }

    [Fact]
    public async Task ReadAsync_Range_IsThatOfThePolicyFromASecondToBeforeAnother()
    {
        (IAuditStore audits, _) = await CreateAsync();
        for (int second = 0; second < 4; second++)
            await audits.AddAsync(At(second), Cancellation);

        await audits.AddAsync(At(1) with { Policy = "another00000" }, Cancellation);

        Assert.Equal(["1", "2"], (await ReadAsync(audits, Full.Policy, Noon.AddSeconds(1.9), Noon.AddSeconds(3.2))).Select(r => r.Name));
        Assert.Equal(["0", "1", "2", "3"], (await ReadAsync(audits, Full.Policy, DateTimeOffset.MinValue, DateTimeOffset.MaxValue)).Select(r => r.Name));
    }

    [Fact]
    public async Task AddAsync_SameVersionWithinASecond_IsKeptOnce()
    {
        (IAuditStore audits, _) = await CreateAsync();

        await audits.AddAsync(At(1), Cancellation);
        await audits.AddAsync(At(1.5), Cancellation);

        Assert.Single(await ReadAsync(audits, Full.Policy, Noon, Noon.AddHours(1)));
    }

    [Fact]
    public async Task TryWriteAsync_OfTwoWhoReadTheSame_OneGivesWay()
    {
        (_, IWatchStore watches) = await CreateAsync();
        var watch = new GuaranteeWatch(new(0.005, true, 20, 0.9, 0.95, [new(3, 0.1, 0.2), new(ClassShare.Others, 0.3, 0.6)]));
        watch.Add(At(1));
        var first = new StoredWatch(Full.Policy, Noon, Noon.AddMinutes(-2), watch.State, Tag: null);

        Assert.Null(await watches.GetAsync(Full.Policy, Cancellation));
        Assert.True(await watches.TryWriteAsync(first, Cancellation));
        Assert.False(await watches.TryWriteAsync(first, Cancellation));
        StoredWatch stored = (await watches.GetAsync(Full.Policy, Cancellation))!;
        Assert.True(await watches.TryWriteAsync(stored with { LookedAt = Noon.AddHours(1) }, Cancellation));
        Assert.False(await watches.TryWriteAsync(stored, Cancellation));

        StoredWatch now = Assert.Single(await watches.ListAsync(Cancellation).ToListAsync(Cancellation));
        Assert.Equal((Full.Policy, Noon.AddHours(1), first.ReadTo), (now.Policy, now.LookedAt, now.ReadTo));
        Assert.Equal(watch.State.Plan, now.State.Plan);
        Assert.Equal(watch.State.Counts, now.State.Counts);
        Assert.Equal(watch.State.Wealth.SelectMany(w => w), now.State.Wealth.SelectMany(w => w));
        Assert.Equal(watch.Report(), now.Report);
    }

    [Fact]
    public async Task Restarted_BrokenWatch_BeginsAnewAndKeepsWhoDidSo()
    {
        (_, IWatchStore watches) = await CreateAsync();
        var plan = new WatchPlan(0.005, true, 20, null, null, []);
        var broken = new StoredWatch(Full.Policy, Noon, Noon, new(plan, new() { Audits = 9, Differences = 4, BrokenSince = Noon.AddHours(-1) }, [new double[7]]), Tag: null);
        await watches.TryWriteAsync(broken, Cancellation);
        StoredWatch stored = (await watches.GetAsync(Full.Policy, Cancellation))!;

        Assert.True(await watches.TryWriteAsync(stored.Restarted(Noon.AddMinutes(5).AddSeconds(0.5), "ada"), Cancellation));
        Assert.False(await watches.TryWriteAsync(stored.Restarted(Noon, "a second person"), Cancellation));

        StoredWatch now = (await watches.GetAsync(Full.Policy, Cancellation))!;
        Assert.Equal((GuaranteeState.Unknown, 0L, plan), (now.Report.State, now.Report.Counts.Audits, now.State.Plan));
        Assert.Equal((Noon, Noon.AddMinutes(5).AddSeconds(1)), (now.LookedAt, now.ReadTo));
        Assert.Equal(new WatchRestart(now.ReadTo, "ada", GuaranteeState.Broken, Noon.AddHours(-1), broken.Report.Sentence), Assert.Single(now.Restarts));
        Assert.EndsWith(" Begun anew at 2026-03-04 12:05Z by ada.", now.Sentence, StringComparison.Ordinal);
    }

    protected abstract Task<(IAuditStore Audits, IWatchStore Watches)> CreateAsync();

    private static AuditRow At(double second) => Full with { At = Noon.AddSeconds(second), Name = $"{(int)second}" };

    private static async Task<List<AuditRow>> ReadAsync(IAuditStore audits, string policy, DateTimeOffset from, DateTimeOffset to, bool evidence = true) =>
        await audits.ReadAsync(policy, from, to, evidence, Cancellation).ToListAsync(Cancellation);
}
