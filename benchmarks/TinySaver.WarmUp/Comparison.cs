using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using TinySaver.Pipeline.Emulator;
using TinySaver.Pipeline.FunctionApps;

namespace TinySaver.WarmUp;

/// <summary>Runs programs in turns, each time as a fresh process, on one Azurite, and says what the median process of each spent.</summary>
internal static class Comparison
{
    public static async Task<int> RunAsync(string stage, int inFlight, int count, int rounds, string[] programs)
    {
        string folder = AzuriteInstallation.FindFolder();
        await AzuriteInstallation.EnsureInstalledAsync(folder, progress: null, CancellationToken.None);
        await using AzuriteServer azurite = await AzuriteServer.StartAsync(folder, dataFolder: null, AzuritePorts.Free, CancellationToken.None);
        await FillAsync(new BlobServiceClient(azurite.ConnectionString), count);
        string cache = Directory.CreateTempSubdirectory("tinysaver-warm-up").FullName;
        Dictionary<string, List<string>> outputs = programs.ToDictionary(p => p, _ => new List<string>(), StringComparer.Ordinal);
        int run = 0;
        for (int round = 0; round < rounds; round++)
        {
            foreach (string program in programs)
                outputs[program].Add(await RunAsync(program, stage, inFlight, count, azurite, $"labels{++run}", cache));
        }

        Directory.Delete(cache, recursive: true);
        foreach (string program in programs)
        {
            string name = program.Split('=')[0];
            if (stage == "start")
                Console.WriteLine($"{name}: milliseconds for {string.Join("             and for ", outputs[program])}");
            else
                Print(name, [.. outputs[program].Select(o => JsonSerializer.Deserialize<Spent>(o)!)]);
        }

        return 0;
    }

    private static async Task FillAsync(BlobServiceClient blobs, int count)
    {
        string root = Root();
        BlobContainerClient images = await blobs.CreateBlobContainerAsync("images");
        BlobContainerClient models = await blobs.CreateBlobContainerAsync("models");
        string[] samples = [.. Directory.EnumerateFiles(Path.Combine(root, "samples/images"), "*.jpg", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

        // Any stretch of them has every class.
        Random.Shared.Shuffle(samples);
        await Parallel.ForEachAsync(Enumerable.Range(0, count), async (i, token) =>
        {
            await using FileStream file = File.OpenRead(samples[i % samples.Length]);
            await images.UploadBlobAsync(Worker.Name(i), file, token);
        });
        string folder = Path.Combine(root, "samples");
        JsonNode policy = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "cascade.json")))!;

        // Without counts of classes, and so of a version that commits from before there were any read, too.
        policy["calibration"]!.AsObject().Remove("classes");
        policy["test"]!.AsObject().Remove("classes");
        policy["version"] = 1;
        JsonArray savers = policy["savers"]!.AsArray();
        if (int.TryParse(Environment.GetEnvironmentVariable("TINYSAVER_WARMUP_SAVERS"), out int most) && most < savers.Count)
            savers.RemoveRange(most, savers.Count - most);

        await models.GetBlobClient("cascade.json").UploadAsync(BinaryData.FromString(policy.ToJsonString()));
        foreach (string file in Directory.EnumerateFiles(Path.Combine(folder, "models"), "*", SearchOption.AllDirectories))
            await models.GetBlobClient(Path.GetRelativePath(folder, file).Replace('\\', '/')).UploadAsync(file);
    }

    private static async Task<string> RunAsync(
        string program, string stage, int inFlight, int count, AzuriteServer azurite, string labels, string cache)
    {
        await new QueueClient(azurite.ConnectionString, labels).CreateAsync();
        string[] parts = program.Split('=', 2)[1].Split(',');
        string[] wrapper = Environment.GetEnvironmentVariable("TINYSAVER_WARMUP_WRAPPER")?.Split(' ') ?? [];
        string[] host = parts[0].EndsWith(".dll", StringComparison.Ordinal) ? ["dotnet"] : [];
        string[] command = [.. wrapper, .. host, parts[0], "work", stage, $"{inFlight}", $"{count}"];
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true };
        start.Environment["TinySaver__Storage__ConnectionString"] = azurite.ConnectionString;
        start.Environment["TinySaver__Storage__LabelsTable"] = labels;
        start.Environment["TinySaver__Storage__EscalationsQueue"] = labels;
        start.Environment["TinySaver__Cascade__CacheFolder"] = cache;
        start.Environment[FunctionAppOptions.ImagesConnection] = azurite.ConnectionString;
        start.Environment[FunctionAppOptions.EscalationsConnection] = "none";
        foreach (string variable in parts[1..])
            start.Environment[variable.Split('=')[0]] = variable.Split('=')[1];

        using Process process = Process.Start(start)!;
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? output
            : throw new InvalidOperationException($"{string.Join(' ', command)} ended with {process.ExitCode}: {output}");
    }

    private static void Print(string name, List<Spent> runs)
    {
        double Median(Func<Spent, double> of) => runs.Select(of).Order().ElementAt(runs.Count / 2);
        int[] marks = [.. runs[0].Cpu.Keys];
        Console.WriteLine(
            $"{name}: ready after {Median(r => r.ReadyMilliseconds):F0} ms and {Median(r => r.ReadyCpu):F2} s CPU, first row after {Median(r => r.FirstMilliseconds):F0} ms; " +
            $"{marks[^1] / Median(r => r.Seconds):F1} images/s, p95 {Median(r => r.P95Milliseconds):F0} ms, peak {Median(r => r.PeakMegabytes):F0} MB");
        Console.WriteLine($"  CPU s to   {string.Join("  ", marks.Select(m => $"{m}: {Median(r => r.Cpu[m]):F2}"))}");
        Console.WriteLine($"  ms/image   {string.Join("  ", marks.Zip(marks.Skip(1), (a, b) => $"{a}-{b}: {Median(r => (r.Cpu[b] - r.Cpu[a]) * 1000 / (b - a)):F2}"))}");
    }

    private static string Root()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "TinySaver.Functions.sln")))
            folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("Run it from within the repository.");
    }
}
