using System.Net.Http.Json;
using System.Text.Json;
using TinySaver.Inference.Cascades;
using TinySaver.Viewer.Reviews;
using TinySaver.Viewer.Tests.Safety;

namespace TinySaver.Viewer.Tests.Reviews;

public sealed class AuditDifferencesTests(OneViewer viewer) : IClassFixture<OneViewer>
{
    private static readonly string Policy = CascadeLoader.ReadPolicy(Path.Combine(RepositoryPaths.Samples, "cascade.json")).Id;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Audits_ThatDifferUnderThePresentPolicy_AreOfferedOnceEachTheLatestFirst()
    {
        Assert.Empty(await OfferedAsync());
        await viewer.Sources.Audits.EnsureCreatedAsync(Cancellation);
        await AuditAsync("old", days: 400, differs: true);
        await AuditAsync("new", days: 0, differs: true);
        await AuditAsync("new", days: 1, differs: true);
        await AuditAsync("agrees", days: 0, differs: false);
        await AuditAsync("another policy's", days: 0, differs: true, policy: "000000000000");

        Assert.Equal(["new", "old"], await OfferedAsync());
    }

    [Fact]
    public async Task LatestAsync_ManyDifferences_LeavesTheOldestOut()
    {
        const string Many = "111111111111";
        await viewer.Sources.Audits.EnsureCreatedAsync(Cancellation);
        for (int days = 0; days <= 200; days++)
            await AuditAsync($"{days}", days, differs: true, Many);

        IReadOnlyList<string> latest = await AuditDifferences.LatestAsync(viewer.Sources.Audits, Many, TimeProvider.System, Cancellation);

        Assert.Equal(Enumerable.Range(0, 200).Select(days => $"{days}"), latest);
    }

    private Task AuditAsync(string name, int days, bool differs, string? policy = null) => viewer.Sources.Audits.AddAsync(
        new(policy ?? Policy, DateTimeOffset.UtcNow.AddDays(-days), name, new(DateTimeOffset.UnixEpoch, "1"), new(0, 1, 0.99), 1, "pits", differs ? 2 : 1, "none", 0.9), Cancellation);

    private async Task<string[]> OfferedAsync()
    {
        using HttpClient client = await OneViewer.EnterAsync(viewer.Server);
        JsonElement answer = await client.GetFromJsonAsync<JsonElement>(new Uri("/api/review/audits", UriKind.Relative), Cancellation);
        return [.. answer.GetProperty("names").EnumerateArray().Select(n => n.GetString()!)];
    }
}
