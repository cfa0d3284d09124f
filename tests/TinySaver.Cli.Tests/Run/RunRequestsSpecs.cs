using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using TinySaver.Pipeline.Emulator;

namespace TinySaver.Cli.Tests.Run;

/// <summary>What the whole pipeline asks of storage, read off the access log of an Azurite of its own, so that nobody adds a request unseen.</summary>
public sealed partial class RunRequestsSpecs : IDisposable
{
    private readonly PipelineData _data = new();
    private readonly ConcurrentQueue<string> _log = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task An_image_is_read_and_gets_a_row_and_an_escalated_one_is_read_again_has_its_row_replaced_and_a_message()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Sends signals with kill(2).");
        string tools = AzuriteInstallation.FindFolder();
        await AzuriteInstallation.EnsureInstalledAsync(tools, progress: null, TestContext.Current.CancellationToken);
        await using AzuriteServer azurite = await AzuriteServer.StartAsync(
            tools, dataFolder: null, AzuritePorts.Free, TestContext.Current.CancellationToken, _log.Enqueue);
        string[] storage = ["--storage", azurite.ConnectionString];
        Process run = _data.Start(["run", "--watch", "--json", "--policy", RepositoryPaths.OneSaverPolicy, .. storage]);
        Task<string> output = run.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> errors = run.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        int images = PipelineData.SampleImages.Length;

        TinySaverProcess.Result upload = await TinySaverProcess.RunAsync(null, ["upload", Path.Combine(RepositoryPaths.Samples, "images"), .. storage]);
        Assert.True(upload.ExitCode == 0, upload.Errors);

        // Labels are counted off the log, so that nothing but the pipeline asks for a row.
        await UntilAsync(() => Count("POST row") + Count("PUT row") - Count("POST message") == images && Count("DELETE message") == Count("POST message"));
        Posix.Signal(run.Id, Posix.SigInt);
        await run.WaitForExitAsync(TestContext.Current.CancellationToken);
        JsonElement summary = JsonDocument.Parse(await output).RootElement;
        Assert.True(summary.GetProperty("images").GetInt32() == images, await errors);
        int escalated = summary.GetProperty("labelledByLarge").GetInt32();
        Assert.InRange(escalated, 1, images - 1);

        Assert.Equal(
            new Dictionary<string, int>
            {
                ["PUT image"] = images,
                ["GET image"] = images + escalated,
                ["POST row"] = images,
                ["PUT row"] = escalated,
                ["POST message"] = escalated,
                ["DELETE message"] = escalated,
            }.OrderBy(k => k.Key),
            Counts().OrderBy(k => k.Key));
        Assert.True(File.Exists(Path.Combine(_data.Folder, "labels.csv")), "The folder that --data names was not there before.");
    }

    // What there is of each image; not what recurs with time (listings, looks at queues, renewed locks) or happens once (what is created).
    private Dictionary<string, int> Counts()
    {
        IEnumerable<string> Of(string kind, Regex requests) => _log.Select(l => requests.Match(l)).Where(m => m.Success).Select(m => $"{m.Groups["verb"].Value} {kind}");
        return Of("image", Image()).Concat(Of("row", Row())).Concat(Of("message", Message())).CountBy(r => r).ToDictionary();
    }

    private int Count(string kind) => Counts().GetValueOrDefault(kind);

    private async Task UntilAsync(Func<bool> holds)
    {
        var watch = Stopwatch.StartNew();
        while (!holds())
        {
            Assert.True(watch.Elapsed < TimeSpan.FromMinutes(5), $"Five minutes, and not all are labelled: {string.Join(", ", Counts())}");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }

    [GeneratedRegex("\"(?<verb>[A-Z]+) /devstoreaccount1/images/(?!messages\\?)")]
    private static partial Regex Image();

    [GeneratedRegex("\"(?<verb>[A-Z]+) /devstoreaccount1/labels(\\?|\\(PartitionKey)")]
    private static partial Regex Row();

    [GeneratedRegex("\"(?<verb>POST|DELETE) /devstoreaccount1/escalations/messages")]
    private static partial Regex Message();
}
