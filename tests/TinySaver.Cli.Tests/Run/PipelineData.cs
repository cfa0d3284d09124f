using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using TinySaver.Cli.Accounts;

namespace TinySaver.Cli.Tests.Run;

/// <summary>A local pipeline's folder of one test, with images to put in.</summary>
internal sealed class PipelineData : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<Process> _started = [];

    public static string[] SampleImages { get; } =
        [.. Directory.EnumerateFiles(Path.Combine(RepositoryPaths.Samples, "images"), "*.jpg", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    public string Folder => Path.Combine(_folder.Path, "data");

    public string In(string name) => Path.Combine(_folder.Path, name);

    public string Write(string name, byte[] content) => _folder.Write(name, content);

    public string Write(string name, string content) => _folder.Write(name, content);

    public void CopySampleModel(string model, string target) => _folder.CopySampleModel(model, target);

    /// <summary>The sample images under as many names as are asked for, in one folder.</summary>
    public string Images(string folder, int count)
    {
        string path = In(folder);
        Directory.CreateDirectory(path);
        for (int i = 0; i < count; i++)
            File.Copy(SampleImages[i % SampleImages.Length], Path.Combine(path, i.ToString("D5", CultureInfo.InvariantCulture) + ".jpg"));

        return path;
    }

    public Task<TinySaverProcess.Result> RunAsync(params string[] arguments) => TinySaverProcess.RunAsync(null, [.. arguments, "--data", Folder]);

    public Process Start(params string[] arguments) => StartBy([], arguments);

    /// <summary>Starts a process group of its own, as a service manager does; no signal is ignored there that the tests were started to ignore.</summary>
    public Process StartGroup(params string[] arguments) => StartBy(["env", "--default-signal", "setsid"], arguments);

    /// <summary>Starts the program by others, as <see cref="TinySaverProcess.StartBy"/> does. What has not ended ends with this.</summary>
    public Process StartBy(IReadOnlyList<string> starters, params string[] arguments)
    {
        Process process = TinySaverProcess.StartBy(starters, null, [.. arguments, "--data", Folder]);
        _started.Add(process);
        return process;
    }

    /// <summary>The rows that <c>results</c> shows, by name.</summary>
    public async Task<Dictionary<string, JsonElement>> ResultsAsync(params string[] arguments)
    {
        TinySaverProcess.Result result = await RunAsync(["results", "--format", "jsonl", .. arguments]);
        Assert.True(result.ExitCode == 0, result.Errors);
        return Lines(result.Output).ToDictionary(r => r.GetProperty("name").GetString()!);
    }

    public async Task<JsonElement> StatusAsync()
    {
        TinySaverProcess.Result result = await RunAsync("status", "--json");
        Assert.True(result.ExitCode == 0, result.Errors);
        return JsonDocument.Parse(result.Output).RootElement;
    }

    /// <summary>Looks again and again until a condition holds; a storage that a run has not made yet is looked at again, too.</summary>
    public async Task<JsonElement> UntilAsync(string what, Func<JsonElement, bool> holds)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            TinySaverProcess.Result status = await RunAsync("status", "--json");
            if (status.ExitCode == 0 && JsonDocument.Parse(status.Output).RootElement is var seen && holds(seen))
                return seen;

            Assert.True(watch.Elapsed < TimeSpan.FromMinutes(5), $"Five minutes and not yet: {what}. {status.Output}{status.Errors}");
            await Task.Delay(200, TestContext.Current.CancellationToken);
        }
    }

    public static IEnumerable<JsonElement> Lines(string text) =>
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement);

    /// <summary>Waits for the line in which <c>run --watch</c> says how to reach it, and reads on so that it never blocks.</summary>
    public static async Task<string> ConnectionStringAsync(Process process)
    {
        const string Prefix = "Connection string: ";
        while (await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            if (line.StartsWith(Prefix, StringComparison.Ordinal))
            {
                _ = process.StandardError.ReadToEndAsync();
                return line[Prefix.Length..];
            }
        }

        throw new InvalidOperationException("The process ended without a connection string.");
    }

    /// <summary>Waits until a run serves its Azurite to other commands.</summary>
    /// <returns>The Azurite's process id.</returns>
    public async Task<int> AzuriteAsync(Process run)
    {
        var watch = Stopwatch.StartNew();
        while (AzuriteRecord.Read(new(Folder))?.RunBy != run.Id)
        {
            Assert.False(run.HasExited, "The run has ended.");
            Assert.True(watch.Elapsed < TimeSpan.FromMinutes(5), "Five minutes and the run does not serve its Azurite.");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        return int.Parse(await File.ReadAllTextAsync(Path.Combine(Folder, "azurite", "azurite.pid"), TestContext.Current.CancellationToken), CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        foreach (Process process in _started)
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
                process.WaitForExit();
            }

            process.Dispose();
        }

        _folder.Dispose();
    }
}
