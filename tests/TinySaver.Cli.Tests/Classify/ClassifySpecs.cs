using System.Diagnostics;
using System.Text.Json;

namespace TinySaver.Cli.Tests.Classify;

public sealed class ClassifySpecs : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static string SampleImages => Path.Combine(RepositoryPaths.Samples, "images");

    private static string ASampleImage => Directory.EnumerateFiles(Path.Combine(SampleImages, "scratches")).Order().First();

    [Fact]
    public async Task Every_sample_image_gets_a_label_and_the_cascade_saves_compute()
    {
        string labels = Path.Combine(_folder.Path, "labels.jsonl");
        TinySaverProcess.Result result = await TinySaverProcess.RunAsync(null, "classify", "samples/images", "--out", labels, "--json");

        Assert.Equal(0, result.ExitCode);
        JsonElement summary = JsonDocument.Parse(result.Output).RootElement;
        int images = Directory.EnumerateFiles(SampleImages, "*", SearchOption.AllDirectories).Count();
        Assert.Equal(images, summary.GetProperty("images").GetInt32());
        Assert.Equal(images, summary.GetProperty("labelledByTiny").GetInt32() + summary.GetProperty("labelledByLarge").GetInt32());
        Assert.Equal(0, summary.GetProperty("failed").GetInt32());
        Assert.Equal(images, summary.GetProperty("imagesWithTrueClass").GetInt32());
        Assert.InRange(summary.GetProperty("accuracy").GetDouble(), summary.GetProperty("tinyAccuracy").GetDouble(), 1);
        Assert.InRange(summary.GetProperty("computeChange").GetDouble(), -1, -0.3);

        JsonElement[] rows = [.. (await File.ReadAllLinesAsync(labels, TestContext.Current.CancellationToken)).Select(l => JsonDocument.Parse(l).RootElement)];
        Assert.Equal(images, rows.Select(r => r.GetProperty("path").GetString()).Distinct().Count());
        Assert.All(rows, r => Assert.Equal("Labelled", r.GetProperty("status").GetString()));
        Assert.Equal(summary.GetProperty("labelledByTiny").GetInt32(), rows.Count(r => r.GetProperty("decidedBy").GetString() == "tiny"));
    }

    [Fact]
    public async Task Threads_and_batch_sizes_do_not_change_a_label()
    {
        string[] one = await LabelsAsync("--threads", "1", "--large-batch", "1");
        string[] many = await LabelsAsync("--threads", "8", "--large-batch", "5");
        Assert.NotEmpty(one);
        Assert.Equal(one, many);

        async Task<string[]> LabelsAsync(params string[] options)
        {
            string labels = Path.Combine(_folder.Path, "labels.jsonl");
            TinySaverProcess.Result result = await TinySaverProcess.RunAsync(null, ["classify", "samples/images", "--policy", RepositoryPaths.OneSaverPolicy, "--out", labels, .. options]);
            Assert.Equal(0, result.ExitCode);
            return [.. (await File.ReadAllLinesAsync(labels)).Select(l => JsonDocument.Parse(l).RootElement)
                .Select(r => $"{r.GetProperty("path")} {r.GetProperty("label")} {r.GetProperty("decidedBy")}")];
        }
    }

    [Fact]
    public async Task Bad_files_each_get_their_reason_and_the_rest_is_labelled()
    {
        byte[] good = await File.ReadAllBytesAsync(ASampleImage, TestContext.Current.CancellationToken);
        _folder.Write("in/good.jpg", good);
        _folder.Write("in/misnamed.png", good);
        _folder.Write("in/empty.jpg", "");
        _folder.Write("in/notes.txt", "Not an image at all.");
        _folder.Write("in/text.jpg", "Not an image either, whatever its name says.");
        _folder.Write("in/truncated.jpg", good[..(good.Length / 2)]);
        _folder.Write("in/huge.png", HugePng.Of(30_000, 30_000));
        string labels = Path.Combine(_folder.Path, "labels.jsonl");

        TinySaverProcess.Result result = await TinySaverProcess.RunAsync(null, "classify", Path.Combine(_folder.Path, "in"), "--policy", RepositoryPaths.OneSaverPolicy, "--out", labels);

        Assert.Equal(1, result.ExitCode);
        var reasons = (await File.ReadAllLinesAsync(labels, TestContext.Current.CancellationToken))
            .Select(l => JsonDocument.Parse(l).RootElement)
            .ToDictionary(
                r => Path.GetFileName(r.GetProperty("path").GetString()!),
                r => r.TryGetProperty("reason", out JsonElement reason) ? reason.GetString() : null);
        Assert.Equal(
            new Dictionary<string, string?>
            {
                ["good.jpg"] = null,
                ["misnamed.png"] = null,
                ["empty.jpg"] = "empty",
                ["notes.txt"] = "not-an-image",
                ["text.jpg"] = "not-an-image",
                ["truncated.jpg"] = "damaged",
                ["huge.png"] = "too-many-pixels",
            },
            reasons);
        foreach (string failed in (string[])["empty.jpg", "notes.txt", "text.jpg", "truncated.jpg", "huge.png"])
            Assert.Contains(failed, result.Errors);

        Assert.DoesNotContain("   at ", result.Errors);
    }

    [Theory]
    [InlineData("no-model", "There is no model folder")]
    [InlineData("without-onnx", "no ONNX file")]
    [InlineData("with-two-onnx", "a.onnx")]
    [InlineData("without-labels", "has no labels")]
    [InlineData("other-labels", "rust")]
    public async Task A_model_folder_that_cannot_be_used_is_refused_in_one_sentence(string kind, string expected)
    {
        string tiny = Path.Combine(_folder.Path, "tiny");
        if (kind != "no-model")
        {
            _folder.CopySampleModel("large", "tiny");
            string config = Path.Combine(tiny, "config.json");
            switch (kind)
            {
                case "without-onnx":
                    File.Delete(Path.Combine(tiny, "model.onnx"));
                    break;
                case "with-two-onnx":
                    File.Move(Path.Combine(tiny, "model.onnx"), Path.Combine(tiny, "a.onnx"));
                    File.Copy(Path.Combine(tiny, "a.onnx"), Path.Combine(tiny, "b.onnx"));
                    break;
                case "without-labels":
                    File.WriteAllText(config, "{}");
                    break;
                default:
                    File.WriteAllText(config, (await File.ReadAllTextAsync(config, TestContext.Current.CancellationToken)).Replace("\"pits\"", "\"rust\"", StringComparison.Ordinal));
                    break;
            }
        }

        _folder.CopySampleModel("large", "large");
        string policy = _folder.Write("cascade.json", """
            {
              "version": 1,
              "savers": [ { "model": { "folder": "tiny" }, "measure": "margin", "threshold": 0.5 } ],
              "large": { "folder": "large" }
            }
            """);

        TinySaverProcess.Result result = await TinySaverProcess.RunAsync(null, "classify", ASampleImage, "--policy", policy);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains(expected, result.Errors);
        Assert.StartsWith("error: ", result.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Errors);
        Assert.Empty(result.Output);
    }

    [Fact]
    public async Task A_model_changed_after_its_threshold_was_chosen_is_refused()
    {
        _folder.CopySampleModel("large", "large");
        string policy = _folder.Write("cascade.json", $$"""
            { "version": 1, "savers": [], "large": { "folder": "large", "sha256": "{{new string('0', 64)}}" } }
            """);
        TinySaverProcess.Result result = await TinySaverProcess.RunAsync(null, "classify", ASampleImage, "--policy", policy);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("'large.sha256'", result.Errors);
    }

    [Fact]
    public async Task Two_manifests_that_call_their_images_alike_are_compared()
    {
        string[] samples = [.. Directory.EnumerateFiles(SampleImages, "*.jpg", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        foreach ((string set, string image) in new[] { ("a", samples[0]), ("b", samples[^1]) })
        {
            _folder.Write($"{set}/1.jpg", await File.ReadAllBytesAsync(image, TestContext.Current.CancellationToken));
            _folder.Write($"{set}/set.csv", $"path,label\n1.jpg,{Path.GetFileName(Path.GetDirectoryName(image))}\n");
        }

        TinySaverProcess.Result result = await TinySaverProcess.RunAsync(_folder.Path, "classify", "a/set.csv", "b/set.csv", "--policy", RepositoryPaths.OneSaverPolicy, "--compare", "--json");

        Assert.True(result.ExitCode == 0, result.Errors);
        JsonElement summary = JsonDocument.Parse(result.Output).RootElement;
        Assert.Equal((2, 1, 1), (summary.GetProperty("images").GetInt32(), summary.GetProperty("largeAccuracy").GetDouble(), summary.GetProperty("agreementWithLarge").GetDouble()));
    }

    [Fact]
    public async Task Tiny_accuracy_of_a_chain_is_that_of_the_saver_that_was_asked_last()
    {
        foreach (string model in (string[])["tiny-xs", "tiny-m", "large"])
            _folder.CopySampleModel(model, model);

        string policy = _folder.Write("cascade.json", """
            {
              "version": 1,
              "savers": [
                { "model": { "folder": "tiny-xs" }, "measure": "margin", "threshold": 0.9 },
                { "model": { "folder": "tiny-m" }, "measure": "margin", "threshold": 0.99 }
              ],
              "large": { "folder": "large" }
            }
            """);
        string labels = Path.Combine(_folder.Path, "labels.jsonl");
        TinySaverProcess.Result result = await TinySaverProcess.RunAsync(null, "classify", "samples/images", "--policy", policy, "--out", labels, "--json");
        Assert.True(result.ExitCode == 0, result.Errors);
        JsonElement summary = JsonDocument.Parse(result.Output).RootElement;
        JsonElement[] rows = [.. (await File.ReadAllLinesAsync(labels, TestContext.Current.CancellationToken)).Select(l => JsonDocument.Parse(l).RootElement)];

        // By the truth that the folders tell: exits count with what the saver said that let them go, the rest with what the second said.
        double right = rows.Count(r => r.GetProperty("path").GetString()!.Contains($"/{r.GetProperty("tinyLabel").GetString()}/", StringComparison.Ordinal));
        Assert.Equal(right / rows.Length, summary.GetProperty("tinyAccuracy").GetDouble(), 9);
        Assert.All((string[])["labelledByTiny", "labelledByLarge"], key => Assert.InRange(summary.GetProperty(key).GetInt32(), 1, rows.Length - 1));
    }

    [Fact]
    public async Task Names_that_command_a_terminal_are_shown_and_those_that_command_a_spreadsheet_are_guarded()
    {
        _folder.Write("in/=1+1.jpg", "Not an image.");
        _folder.Write("in/\u001b]0;owned\u0007.jpg", "Not an image.");
        string[] classify = ["classify", "*.jpg", "--policy", RepositoryPaths.OneSaverPolicy, "--out", "labels.csv"];
        TinySaverProcess.Result guarded = await TinySaverProcess.RunAsync(Path.Combine(_folder.Path, "in"), classify);
        string[] cells = await File.ReadAllLinesAsync(Path.Combine(_folder.Path, "in", "labels.csv"), TestContext.Current.CancellationToken);
        await TinySaverProcess.RunAsync(Path.Combine(_folder.Path, "in"), [.. classify, "--plain-csv"]);
        string[] plain = await File.ReadAllLinesAsync(Path.Combine(_folder.Path, "in", "labels.csv"), TestContext.Current.CancellationToken);

        Assert.Equal(1, guarded.ExitCode);
        Assert.Contains("␛]0;owned␇.jpg", guarded.Errors);
        Assert.DoesNotContain('\u001b', guarded.Errors);
        Assert.StartsWith("'\u001b]0;owned", cells[1], StringComparison.Ordinal);
        Assert.StartsWith("'=1+1.jpg,Failed", cells[2], StringComparison.Ordinal);
        Assert.StartsWith("=1+1.jpg,Failed", plain[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pipe_among_the_images_is_an_empty_file()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Makes a pipe with mkfifo(3).");
        _folder.Write("in/good.jpg", await File.ReadAllBytesAsync(ASampleImage, TestContext.Current.CancellationToken));
        Posix.MakePipe(Path.Combine(_folder.Path, "in", "pipe.jpg"));
        TinySaverProcess.Result result = await TinySaverProcess.RunAsync(null, "classify", Path.Combine(_folder.Path, "in"), "--policy", RepositoryPaths.OneSaverPolicy);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("(empty)", result.Errors);
    }

    [Fact]
    public async Task Ctrl_C_writes_what_is_done_so_far()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Sends SIGINT with kill(2).");
        // Enough work for the signal to arrive in the middle: the same images under many names.
        string[] samples = [.. Directory.EnumerateFiles(SampleImages, "*.jpg", SearchOption.AllDirectories)];
        for (int i = 0; i < 20_000; i++)
        {
            string link = Path.Combine(_folder.Path, "in", $"{i}.jpg");
            Directory.CreateDirectory(Path.GetDirectoryName(link)!);
            File.CreateSymbolicLink(link, samples[i % samples.Length]);
        }

        string labels = Path.Combine(_folder.Path, "labels.jsonl");
        using Process process = TinySaverProcess.Start(null, "classify", Path.Combine(_folder.Path, "in"), "--policy", RepositoryPaths.OneSaverPolicy, "--out", labels);
        // The first progress line says that labelling is under way.
        await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken);
        Posix.Signal(process.Id, Posix.SigInt);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(130, process.ExitCode);
        int done = File.ReadLines(labels).Count();
        Assert.InRange(done, 1, 19_999);
        Assert.Contains("so far", await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken));
    }
}
