using TinySaver.Cli.Policies;
using TinySaver.Core.Cascade;
using TinySaver.Core.Failures;

namespace TinySaver.Cli.Tests.Policies;

public sealed class PolicyCommandTests(OneAzurite azurite) : IClassFixture<OneAzurite>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Publish_TwoPoliciesThenRollback_MovesThePointerAndKeepsBoth()
    {
        string policy = Copy();
        string first = Read(policy).Id;
        (_, string published) = await RunAsync("publish", policy);
        Change(policy, 0.5);
        string second = Read(policy).Id;
        (_, string again) = await RunAsync("publish", policy);
        (_, string back) = await RunAsync("rollback");
        (_, string list) = await RunAsync("list");

        Assert.Contains($"Policy {first} is the current one of devstoreaccount1: tiny-l ≥ 0.93 (max-probability), else large. It is the first.", published, StringComparison.Ordinal);
        Assert.Contains($"Policy {second} is the current one", again, StringComparison.Ordinal);
        Assert.Contains($"Policy {first} is the current one of devstoreaccount1: tiny-l ≥ 0.93 (max-probability), else large. Before: {second}.", back, StringComparison.Ordinal);
        string[] rows = [.. list.Split('\n').Where(l => l.Contains("tiny-l", StringComparison.Ordinal))];
        Assert.Equal(2, rows.Length);
        Assert.Contains(first, Assert.Single(rows, r => r.Contains("current", StringComparison.Ordinal)), StringComparison.Ordinal);

        TinySaverException unknown = await Assert.ThrowsAsync<TinySaverException>(() => RunAsync("rollback", "000000000000"));
        Assert.Contains("has no policy '000000000000'", unknown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Publish_ModelThatIsNotThePolicys_IsRefused()
    {
        string policy = Copy();
        Assert.Equal(0, (await RunAsync("publish", policy, "--dry-run")).ExitCode);
        File.AppendAllText(Path.Combine(_folder.Path, "models", "large", "config.json"), " ");

        InvalidPolicyException refused = await Assert.ThrowsAsync<InvalidPolicyException>(() => RunAsync("publish", policy, "--dry-run"));

        Assert.Contains("the model was changed after its threshold was chosen", refused.Message, StringComparison.Ordinal);
    }

    private static CascadePolicy Read(string path) => CascadePolicyJson.Parse(File.ReadAllText(path), path);

    private static void Change(string path, double threshold) =>
        File.WriteAllText(path, CascadePolicyJson.Write(Read(path) with { Savers = [Read(path).Savers[0] with { Threshold = threshold }] }));

    // The samples' policy in a folder of its own, to be changed.
    private string Copy()
    {
        foreach (string name in (string[])["tiny-l", "large"])
        {
            foreach (string file in Directory.EnumerateFiles(Path.Combine(RepositoryPaths.Samples, "models", name)))
                _folder.Write(Path.Combine("models", name, Path.GetFileName(file)), File.ReadAllBytes(file));
        }

        return _folder.Write("cascade.json", File.ReadAllText(Path.Combine(RepositoryPaths.Samples, "cascade.json")));
    }

    private Task<(int ExitCode, string Text)> RunAsync(string command, params string[] arguments) =>
        OneCommand.RunAsync(PolicyCommand.Create, [command, .. arguments, "--storage", azurite.ConnectionString]);
}
