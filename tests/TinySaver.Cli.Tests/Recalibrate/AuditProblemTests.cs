using TinySaver.Calibration.Watch;
using TinySaver.Cli.Accounts;
using TinySaver.Cli.Recalibrate;
using TinySaver.Core.Audits;
using TinySaver.Pipeline.Audits;

namespace TinySaver.Cli.Tests.Recalibrate;

public sealed class AuditProblemTests(OneAzurite azurite) : IClassFixture<OneAzurite>
{
    private const string Policy = "0123456789ab";

    private static readonly DateTimeOffset Noon = new(2026, 3, 4, 12, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AuditsAsync_NoTimeIsGiven_BeginsWithTheChangeThenWithTheWatchBegunAnew()
    {
        await using StorageAccount account = await azurite.OpenAsync();
        await account.Audits.EnsureCreatedAsync(Cancellation);
        for (int hour = 0; hour < 3; hour++)
            await account.Audits.AddAsync(new(Policy, Noon.AddHours(hour), $"{hour}", new(Noon, "1"), new(0, 1, 0.9), 1, "", 2, "", 0.9), Cancellation);

        Assert.Equal(["0", "1", "2"], await NamesAsync(null));
        Assert.Equal(["1", "2"], await NamesAsync(Noon.AddHours(1)));

        var counts = new WatchCounts { Audits = 3, BrokenSince = Noon.AddHours(2), ChangeAt = Noon.AddHours(1), ChangeScore = 9 };
        await account.Watches.TryWriteAsync(new(Policy, Noon, Noon, new(new(0.01, true, 20, null, null, []), counts, [new double[7]]), Tag: null), Cancellation);
        Assert.Equal(["1", "2"], await NamesAsync(null));

        StoredWatch watch = (await account.Watches.GetAsync(Policy, Cancellation))!;
        await account.Watches.TryWriteAsync(watch.Restarted(Noon.AddHours(1.5), "ada"), Cancellation);
        Assert.Equal(["2"], await NamesAsync(null));

        async Task<string[]> NamesAsync(DateTimeOffset? since)
        {
            IReadOnlyList<AuditRow> audits = await AuditProblem.AuditsAsync(account, Policy, since, Cancellation);
            return [.. audits.Select(a => a.Name)];
        }
    }
}
