using System.Diagnostics;
using System.Text.Json;
using TinySaver.Pipeline.Emulator;

namespace TinySaver.Cli.Tests.Run;

/// <summary>The whole pipeline as a user runs it, on a real Azurite.</summary>
public sealed class RunSpecs : IDisposable
{
    private readonly PipelineData _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task Run_labels_every_sample_image_exactly_as_classify_does()
    {
        string ran = _data.In("ran.jsonl");
        string classified = _data.In("classified.jsonl");
        TinySaverProcess.Result run = await _data.RunAsync("run", "samples/images", "--out", ran, "--json");
        TinySaverProcess.Result classify = await TinySaverProcess.RunAsync(null, "classify", "samples/images", "--out", classified, "--json");

        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.Equal(Answers(classified), Answers(ran));
        JsonElement here = JsonDocument.Parse(run.Output).RootElement;
        JsonElement there = JsonDocument.Parse(classify.Output).RootElement;
        Assert.Equal(there.EnumerateObject().Select(p => p.Name), here.EnumerateObject().Select(p => p.Name));
        foreach (string key in (string[])["images", "labelledByTiny", "labelledByLarge", "failed", "exitRate", "accuracy", "tinyAccuracy", "macsPerImage", "computeChange", "policy"])
            Assert.Equal(there.GetProperty(key).ToString(), here.GetProperty(key).ToString());

        // Again: told from the rows there are, none of them written anew.
        Dictionary<string, JsonElement> before = await _data.ResultsAsync();
        TinySaverProcess.Result again = await _data.RunAsync("run", "samples/images", "--out", ran);
        Assert.True(again.ExitCode == 0, again.Errors);
        Assert.Equal(Answers(classified), Answers(ran));
        Dictionary<string, JsonElement> after = await _data.ResultsAsync("--batch", "images");
        Assert.Equal(PipelineData.SampleImages.Length, after.Count);
        Assert.All(after, row => Assert.Equal(before[row.Key].GetProperty("writtenAt").GetString(), row.Value.GetProperty("writtenAt").GetString()));
    }

    [Fact]
    public async Task Another_policy_labels_the_same_images_anew()
    {
        string images = _data.Images("in", 10);
        _data.CopySampleModel("large", "large");
        string largeOnly = _data.Write("cascade.json", """{ "version": 1, "savers": [], "large": { "folder": "large" } }""");
        TinySaverProcess.Result first = await _data.RunAsync("run", images, "--policy", RepositoryPaths.OneSaverPolicy, "--json");
        TinySaverProcess.Result second = await _data.RunAsync("run", images, "--policy", largeOnly, "--json");

        Assert.True(first.ExitCode == 0, first.Errors);
        Assert.True(second.ExitCode == 0, second.Errors);
        Assert.InRange(JsonDocument.Parse(first.Output).RootElement.GetProperty("labelledByTiny").GetInt32(), 1, 10);
        Assert.Equal(10, JsonDocument.Parse(second.Output).RootElement.GetProperty("labelledByLarge").GetInt32());
        string policy = JsonDocument.Parse(second.Output).RootElement.GetProperty("policy").GetString()!;
        Assert.All(await _data.ResultsAsync(), row => Assert.Equal(policy, row.Value.GetProperty("policy").GetString()));
    }

    [Fact]
    public async Task Killed_in_the_middle_of_uploads_and_started_again_it_labels_every_image()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Sends signals with kill(2).");
        const int Count = 300;
        string images = _data.Images("in", Count);
        Process killed = _data.Start("run", "--watch", "--policy", RepositoryPaths.OneSaverPolicy);
        string connection = await PipelineData.ConnectionStringAsync(killed);
        Process upload = _data.Start("upload", images, "--parallel", "2");
        _ = upload.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        JsonElement status = await _data.UntilAsync("some labelled", s => s.GetProperty("labelledByTiny").GetInt32() > 0);
        Posix.Signal(killed.Id, Posix.SigKill);
        await killed.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.InRange(status.GetProperty("labelledByTiny").GetInt32(), 1, Count - 1);

        Process restarted = _data.Start("run", "--watch", "--json", "--policy", RepositoryPaths.OneSaverPolicy);

        // The same ports, so that whoever was uploading goes on.
        Assert.Equal(connection, await PipelineData.ConnectionStringAsync(restarted));
        await upload.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, upload.ExitCode);
        await _data.UntilAsync("all labelled", s => s.GetProperty("labelledByTiny").GetInt32() + s.GetProperty("labelledByLarge").GetInt32() == Count);
        Dictionary<string, JsonElement> rows = await _data.ResultsAsync("--batch", "in");
        Posix.Signal(restarted.Id, Posix.SigInt);
        string summary = await restarted.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await restarted.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(Directory.EnumerateFiles(images).Select(f => "in/" + Path.GetFileName(f)).Order(StringComparer.Ordinal), rows.Keys.Order(StringComparer.Ordinal));
        Assert.All(rows.Values, row => Assert.Equal("Labelled", row.GetProperty("status").GetString()));
        Assert.Equal(130, restarted.ExitCode);
        Assert.InRange(JsonDocument.Parse(summary).RootElement.GetProperty("images").GetInt32(), 1, Count);
    }

    [Theory]
    [InlineData("run", "--watch")]
    [InlineData("run", "in")]
    public async Task Azurite_killed_in_the_middle_ends_the_run_with_a_sentence_and_leaves_earlier_labels_alone(params string[] arguments)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Sends signals with kill(2).");
        _data.Images("in", 200);
        string labels = _data.Write("data/labels.csv", "of the run before");
        Process run = _data.Start([arguments[0], arguments[1] == "in" ? _data.In("in") : arguments[1], "--json", "--policy", RepositoryPaths.OneSaverPolicy]);
        Task<string> output = run.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> errors = run.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);

        Posix.Signal(await _data.AzuriteAsync(run), Posix.SigKill);
        await run.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(run.ExitCode == 2, await errors);
        Assert.Contains("Azurite ended by itself", await errors, StringComparison.Ordinal);
        Assert.DoesNotContain("--storage", await errors, StringComparison.Ordinal);
        Assert.Empty(await output);
        Assert.Equal("of the run before", await File.ReadAllTextAsync(labels, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(Posix.SigTerm)]
    [InlineData(Posix.SigHup)]
    public async Task A_signal_to_the_whole_process_group_ends_a_run_as_Ctrl_C_does(int signal)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Makes a process group with setsid, and sends signals with kill(2).");
        string images = _data.Images("in", 10);
        Process run = _data.StartGroup("run", images, "--watch", "--json", "--policy", RepositoryPaths.OneSaverPolicy);
        Task<string> output = run.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> errors = run.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await _data.AzuriteAsync(run);
        await _data.UntilAsync("all labelled", s => s.GetProperty("labelledByTiny").GetInt32() + s.GetProperty("labelledByLarge").GetInt32() == 10);

        Posix.Signal(-run.Id, signal);
        await run.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(run.ExitCode == 130, await errors);
        Assert.Equal(10, JsonDocument.Parse(await output).RootElement.GetProperty("images").GetInt32());
        Assert.Equal(11, (await File.ReadAllLinesAsync(Path.Combine(_data.Folder, "labels.csv"), TestContext.Current.CancellationToken)).Length);
        Assert.Equal(10, (await _data.ResultsAsync()).Count);
    }

    [Fact]
    public async Task A_full_disk_is_a_sentence()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Needs /dev/full.");
        File.CreateSymbolicLink(_data.In("labels.csv.tmp"), "/dev/full");

        TinySaverProcess.Result result = await TinySaverProcess.RunAsync(
            null, "classify", PipelineData.SampleImages[0], "--policy", RepositoryPaths.OneSaverPolicy, "--out", _data.In("labels.csv"));

        Assert.True(result.ExitCode == 2, result.Errors);
        Assert.Contains("No space left", result.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Storage_gone_for_seconds_in_the_middle_loses_nothing()
    {
        const int Count = 150;
        string images = _data.Images("in", Count);
        string tools = AzuriteInstallation.FindFolder();
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        await AzuriteInstallation.EnsureInstalledAsync(tools, progress: null, cancellationToken);
        await using AzuriteServer first = await AzuriteServer.StartAsync(tools, _data.In("azurite"), AzuritePorts.Free, cancellationToken);
        string labels = _data.In("labels.jsonl");
        Task<TinySaverProcess.Result> running = TinySaverProcess.RunAsync(
            null, "run", images, "--policy", RepositoryPaths.OneSaverPolicy, "--storage", first.ConnectionString, "--out", labels, "--json");
        while (!running.IsCompleted && await LabelledAsync(first.ConnectionString) == 0)
            await Task.Delay(100, cancellationToken);

        await first.StopAsync();
        Assert.False(running.IsCompleted, "The run ended before the outage; take more images.");
        await Task.Delay(TimeSpan.FromSeconds(5), cancellationToken);
        await using AzuriteServer second = await AzuriteServer.StartAsync(tools, _data.In("azurite"), first.Ports, cancellationToken);
        TinySaverProcess.Result result = await running;

        Assert.True(result.ExitCode == 0, result.Errors);
        Assert.Equal(Count, JsonDocument.Parse(result.Output).RootElement.GetProperty("images").GetInt32());
        Assert.Equal(Count, await LabelledAsync(second.ConnectionString));
    }

    [Fact]
    public async Task Odd_names_and_bad_files_each_have_a_row_that_results_finds()
    {
        byte[] good = await File.ReadAllBytesAsync(PipelineData.SampleImages[0], TestContext.Current.CancellationToken);
        string deep = string.Join('/', Enumerable.Range(1, 20).Select(i => $"d{i}")) + "/deep.jpg";
        string longest = Longest("in/");
        string[] odd = ["with space.jpg", "a#b.jpg", "what?.jpg", "back\\slash.jpg", "100%25.jpg", "ümläut 猫 🦊.jpg", "plus+and&.jpg", deep, longest];
        foreach (string name in odd)
            _data.Write("in/" + name, good);

        _data.Write("in/empty.jpg", "");
        _data.Write("in/text.jpg", "Not an image.");
        _data.Write("in/truncated.jpg", good[..(good.Length / 2)]);

        TinySaverProcess.Result run = await _data.RunAsync("run", _data.In("in"), "--policy", RepositoryPaths.OneSaverPolicy);
        Assert.True(run.ExitCode == 1, run.Errors);
        string[] names = [.. odd.Select(n => "in/" + n)];
        Assert.Equal(1024, names[^1].Length);

        // One by one, as a person asks, and all in one listing.
        Dictionary<string, JsonElement> asked = await _data.ResultsAsync(names);
        Dictionary<string, JsonElement> listed = await _data.ResultsAsync("--batch", "in");
        Assert.Equal(odd.Length + 3, listed.Count);
        foreach (string name in names)
        {
            // Storage keeps no backslash: docs/cli.md says so.
            string stored = name.Replace('\\', '/');
            Assert.Equal("Labelled", asked[stored].GetProperty("status").GetString());
            Assert.Equal("Labelled", listed[stored].GetProperty("status").GetString());
        }

        Dictionary<string, JsonElement> failed = await _data.ResultsAsync("--status", "failed");
        Assert.Equal(
            new Dictionary<string, string?> { ["in/empty.jpg"] = "empty", ["in/text.jpg"] = "not-an-image", ["in/truncated.jpg"] = "damaged" },
            failed.ToDictionary(f => f.Key, f => f.Value.GetProperty("reason").GetString()));
        JsonElement status = await _data.StatusAsync();
        Assert.Equal(3, status.GetProperty("failed").GetInt32());
        Assert.Equal(3, status.GetProperty("recentFailures").GetArrayLength());
        Assert.Equal(0, status.GetProperty("waitingForTiny").GetInt32());

        // Put back, the failed images, the odd names too, get rows of their new versions.
        TinySaverProcess.Result retry = await _data.RunAsync("retry", "--batch", "in", "--json");
        Assert.True(retry.ExitCode == 0, retry.Errors);
        Assert.Equal(odd.Length + 3, JsonDocument.Parse(retry.Output).RootElement.GetProperty("resubmitted").GetInt32());
        Assert.Equal(odd.Length + 3, (await _data.StatusAsync()).GetProperty("waitingForTiny").GetInt32());
        Assert.Equal(1, (await _data.RunAsync("run", "--policy", RepositoryPaths.OneSaverPolicy)).ExitCode);
        Dictionary<string, JsonElement> anew = await _data.ResultsAsync();
        Assert.Equal(listed.Count, anew.Count);
        Assert.All(anew, row => Assert.NotEqual(listed[row.Key].GetProperty("imageETag").GetString(), row.Value.GetProperty("imageETag").GetString()));

        static string Longest(string prefix)
        {
            // A file system takes 255 bytes a segment.
            string folders = string.Join('/', Enumerable.Repeat(new string('x', 200), 4)) + "/";
            return folders + new string('y', 1024 - prefix.Length - folders.Length - ".jpg".Length) + ".jpg";
        }
    }

    [Fact]
    public async Task A_second_run_on_the_same_folder_is_refused_in_one_sentence_and_rows_can_be_followed()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Sends signals with kill(2).");
        Process first = _data.Start("run", "--watch", "--policy", RepositoryPaths.OneSaverPolicy);
        await PipelineData.ConnectionStringAsync(first);
        TinySaverProcess.Result second = await _data.RunAsync("run", "samples/images", "--policy", RepositoryPaths.OneSaverPolicy);

        // Meanwhile somebody follows one of two images.
        Assert.Equal(0, (await _data.RunAsync("upload", _data.Images("in", 2))).ExitCode);
        await _data.UntilAsync("both labelled", s => s.GetProperty("labelledByTiny").GetInt32() + s.GetProperty("labelledByLarge").GetInt32() == 2);
        Process follower = _data.Start("results", "in/00001.jpg", "--follow", "--format", "jsonl");
        string? followed = await follower.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        Posix.Signal(follower.Id, Posix.SigInt);
        string rest = await follower.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await follower.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal("in/00001.jpg", PipelineData.Lines(followed!).Single().GetProperty("name").GetString());
        Assert.Equal(("", 130), (rest, follower.ExitCode));

        Posix.Signal(first.Id, Posix.SigInt);
        await first.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(2, second.ExitCode);
        Assert.Contains("tinysaver upload", second.Errors);
        Assert.DoesNotContain("   at ", second.Errors);
    }

    [Theory]
    [InlineData("", "run", "samples/images", "--storage", "nonsense")]
    [InlineData("", "run", "samples/images", "--storage", "https://example.com")]
    [InlineData("no-such-folder", "run", "no-such-folder")]
    [InlineData("use .csv, .jsonl or .parquet", "run", "--out", "labels.docx")]
    [InlineData("There are no local data", "results")]
    [InlineData("--format parquet is for files only", "results", "--format", "parquet")]
    [InlineData("--follow never ends", "results", "--follow", "--out", "rows.csv")]
    [InlineData("There are no local data", "status")]
    [InlineData("Say which images", "retry")]
    [InlineData("Say which images", "retry", "--failed", "a.jpg")]
    [InlineData("Required argument 'folder' missing", "upload")]
    [InlineData("--batch is empty", "upload", "samples/images", "--batch", "/")]
    public async Task What_cannot_be_done_ends_with_exit_code_2_and_a_sentence(string sentence, params string[] arguments)
    {
        TinySaverProcess.Result result = await _data.RunAsync(arguments);
        Assert.Equal(2, result.ExitCode);
        Assert.NotEmpty(result.Errors);
        Assert.Contains(sentence, result.Errors);
        Assert.DoesNotContain("   at ", result.Errors);
    }

    private static async Task<int> LabelledAsync(string connection)
    {
        TinySaverProcess.Result result = await TinySaverProcess.RunAsync(null, "status", "--storage", connection, "--json");
        if (result.ExitCode != 0)
            return 0;

        JsonElement status = JsonDocument.Parse(result.Output).RootElement;
        return status.GetProperty("labelledByTiny").GetInt32() + status.GetProperty("labelledByLarge").GetInt32();
    }

    private static string[] Answers(string labels) => [.. PipelineData.Lines(File.ReadAllText(labels)).Select(r =>
        $"{r.GetProperty("path")} {r.GetProperty("status")} {r.GetProperty("label")} {r.GetProperty("decidedBy")} {r.GetProperty("trueClassIndex")}")];
}
