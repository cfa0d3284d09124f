using System.Diagnostics;
using System.Text.Json;
using TinySaver.Cli.Tests.Run;

namespace TinySaver.Cli.Tests.Jobs;

/// <summary>Batch jobs as a user runs them, on a real Azurite.</summary>
public sealed class JobSpecs(ITestOutputHelper output) : IDisposable
{
    private readonly PipelineData _data = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _data.Dispose();

    // The larger ones by hand, with a minute or two each.
    [Theory]
    [InlineData(40, 1)]
    [InlineData(2_000, 0, Explicit = true)]
    [InlineData(2_000, 10, Explicit = true)]
    public async Task Job_labels_what_is_stored_exactly_as_classify_does_though_its_worker_is_killed(int count, int kills)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Sends signals with kill(2).");
        string images = _data.Images("in", count);
        Process run = await WatchAsync();
        Assert.Equal(0, (await _data.RunAsync("upload", images)).ExitCode);
        await _data.UntilAsync("all labelled", s => s.GetProperty("labelledByTiny").GetInt32() + s.GetProperty("labelledByLarge").GetInt32() == count);
        string[] submit = ["job", "submit", "in/", "--name", "again", "--overwrite", "all", "--format", "csv"];
        TinySaverProcess.Result submitted = await _data.RunAsync(submit);
        Assert.True(submitted.ExitCode == 0, submitted.Errors);
        Assert.Equal("again", submitted.Output.Trim());
        var random = new Random(kills);
        for (int i = 0; i < kills; i++)
        {
            await Task.Delay(TimeSpan.FromSeconds(i == 0 ? 0 : 3 * random.NextDouble()), Cancellation);
            Posix.Signal(run.Id, Posix.SigKill);
            await run.WaitForExitAsync(Cancellation);
            run = await WatchAsync();
        }

        // The same again changes nothing, but waits.
        TinySaverProcess.Result waited = await _data.RunAsync([.. submit, "--wait"]);
        Assert.True(waited.ExitCode == 0, waited.Errors);
        string summary = (await _data.RunAsync("job", "show", "again", "--json")).Output;
        JsonElement shown = JsonDocument.Parse(summary).RootElement;
        output.WriteLine(summary);
        TinySaverProcess.Result list = await _data.RunAsync("job", "list");
        TinySaverProcess.Result results = await _data.RunAsync("job", "results", "again", "--out", _data.In("job.jsonl"));
        TinySaverProcess.Result other = await _data.RunAsync("job", "submit", "other/", "--name", "again");
        TinySaverProcess.Result cancel = await _data.RunAsync("job", "cancel", "again");
        Posix.Signal(run.Id, Posix.SigInt);
        await run.WaitForExitAsync(Cancellation);
        Assert.Equal(0, (await TinySaverProcess.RunAsync(null, "classify", images, "--policy", RepositoryPaths.OneSaverPolicy, "--out", _data.In("classified.jsonl"))).ExitCode);

        Assert.True(results.ExitCode == 0, results.Errors);
        (string, string, string, float)[] classified = Answers("classified.jsonl", "path");
        Assert.Equal(classified, Answers("job.jsonl", "name"));
        Assert.Equal(count, classified.Length);
        Assert.Equal(("finished", count, count, 0, 0), (shown.GetProperty("state").GetString(), shown.GetProperty("images").GetInt32(),
            shown.GetProperty("labelled").GetInt32(), shown.GetProperty("failed").GetInt32(), shown.GetProperty("labelledBefore").GetInt32()));
        Assert.Equal(classified.Count(c => c.Item3 == "tiny"), shown.GetProperty("labelledByTiny").GetInt32());
        Assert.Contains("again", list.Output, StringComparison.Ordinal);
        Assert.Equal((2, 2), (other.ExitCode, cancel.ExitCode));
        Assert.Contains("There is another job 'again' already", other.Errors, StringComparison.Ordinal);
        Assert.Contains("has ended already: it is finished", cancel.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Say which images", "submit")]
    [InlineData("There is no file 'no.csv'", "submit", "--manifest", "no.csv")]
    [InlineData("has the id 'a/b'", "submit", "x/", "--name", "a/b")]
    [InlineData("has a prefix that leads out of its container", "submit", "../x")]
    [InlineData("start `tinysaver run --watch` first", "submit", "x/", "--wait")]
    public async Task Submit_that_cannot_be_meant_is_refused_with_a_sentence(string why, params string[] arguments)
    {
        TinySaverProcess.Result result = await _data.RunAsync(["job", .. arguments]);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains(why, result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Submit_of_another_list_under_a_name_that_is_taken_is_refused_and_leaves_the_first_list_alone()
    {
        File.WriteAllText(_data.In("one.csv"), "name\nin/a.jpg\n");
        File.WriteAllText(_data.In("two.csv"), "name\nin/b.jpg\n");
        Assert.Equal(0, (await _data.RunAsync("job", "submit", "--manifest", _data.In("one.csv"), "--name", "list")).ExitCode);

        TinySaverProcess.Result other = await _data.RunAsync("job", "submit", "--manifest", _data.In("two.csv"), "--name", "list");
        TinySaverProcess.Result same = await _data.RunAsync("job", "submit", "--manifest", _data.In("one.csv"), "--name", "list");

        Assert.Equal((2, 0), (other.ExitCode, same.ExitCode));
        Assert.Contains("There is another job 'list' already", other.Errors, StringComparison.Ordinal);
    }

    private async Task<Process> WatchAsync()
    {
        // What a killed worker had in hand comes again when its lock ends.
        Process run = _data.StartBy(["env", "TinySaver__Storage__EscalationLock=00:00:15"], "run", "--watch", "--policy", RepositoryPaths.OneSaverPolicy);
        await PipelineData.ConnectionStringAsync(run);
        return run;
    }

    private (string Name, string Label, string By, float Confidence)[] Answers(string file, string name) =>
    [
        .. PipelineData.Lines(File.ReadAllText(_data.In(file)))
            .Select(r => (Path.GetFileName(r.GetProperty(name).GetString()!), r.GetProperty("label").GetString()!, r.GetProperty("decidedBy").GetString()!,
                r.GetProperty("confidence").GetSingle()))
            .OrderBy(r => r.Item1, StringComparer.Ordinal),
    ];
}
