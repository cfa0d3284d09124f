using System.Diagnostics;
using Azure.Data.Tables;
using Microsoft.Playwright;
using TinySaver.Core.Labels;
using TinySaver.Pipeline.Storage;
using TinySaver.Viewer.Tests.Safety;

namespace TinySaver.Viewer.Tests.Page;

/// <summary>A hundred thousand rows: it takes minutes, so it runs only where somebody asks for it.</summary>
public sealed class ScaleSpecs(OneViewer viewer) : IClassFixture<OneViewer>
{
    private const string Variable = "TINYSAVER_SCALE";

    // Frames while the page is scrolled down, as fast as a wheel does, for ten seconds.
    private const string ScrollScript = """
        async () => {
          const frames = [];
          let last = performance.now();
          for (const end = last + 10000; last < end;) {
            scrollBy(0, 160);
            await new Promise(requestAnimationFrame);
            const now = performance.now();
            frames.push(now - last);
            last = now;
          }
          frames.sort((a, b) => a - b);
          return { median: frames[frames.length >> 1], p99: frames[Math.floor(frames.length * 0.99)], frames: frames.length, pixels: scrollY, tiles: document.querySelectorAll('.tile').length,
            heap: performance.memory.usedJSHeapSize / 1e6, loaded: document.querySelector('.told').textContent };
        }
        """;

    [Fact]
    public async Task A_hundred_thousand_rows_scroll_and_count()
    {
        Assert.SkipUnless(int.TryParse(Environment.GetEnvironmentVariable(Variable), out int rows), $"It takes minutes; set {Variable} to a number of rows, such as 100000.");
        WatchedRun.SkipWithoutBrowser();
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        string[] labels = ["none", "scratches", "pits"];
        var table = new TableClient(viewer.ConnectionString, "labels");
        IEnumerable<LabelRow> made = Enumerable.Range(0, rows).Select(i => new LabelRow(
            $"line-{i % 4}/frames/{i:D6}.jpg", new(DateTimeOffset.UnixEpoch, $"0x{i:X}"), LabelStatus.Labelled, labels[i % 3], i % 3, 0.9 + (i % 97 * 0.001), i % 25 == 0 ? Decider.Large : Decider.Tiny,
            labels[i % 3], i % 3, 0.9 + (i % 97 * 0.001), Policy: "acff9c0a924d", TinyModel: "baee7ee18770")
        {
            TopK = [new(i % 3, labels[i % 3], 0.9f), new((i + 1) % 3, labels[(i + 1) % 3], 0.1f)],
        });
        long start = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(made.GroupBy(r => LabelKeys.PartitionKey(r.Name)).SelectMany(g => g.Chunk(100)), cancellation, async (chunk, token) =>
            await table.SubmitTransactionAsync(chunk.Select(r => new TableTransactionAction(TableTransactionActionType.Add, LabelEntity.From(r))), token));
        Tell($"{rows:N0} rows written in {Stopwatch.GetElapsedTime(start).TotalSeconds:N0} s");

        using IPlaywright playwright = await Playwright.CreateAsync();
        await using IBrowser browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = WatchedRun.Chromium, Args = [.. WatchedRun.Arguments, "--enable-precise-memory-info"] });
        IPage page = await browser.NewPageAsync(new() { ViewportSize = new() { Width = 1440, Height = 900 } });
        page.SetDefaultTimeout(300_000);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        await page.GotoAsync(viewer.Server.Url.ToString());
        start = Stopwatch.GetTimestamp();
        await page.GotoAsync(new Uri(viewer.Server.Url, "/images").ToString());
        await page.Locator(".tile").First.WaitForAsync();
        Tell($"first screen after {Stopwatch.GetElapsedTime(start).TotalSeconds:N2} s");
        Tell($"scrolling while rows are counted: {await page.EvaluateAsync(ScrollScript)}");
        start = Stopwatch.GetTimestamp();
        await page.GotoAsync(new Uri(viewer.Server.Url, "/").ToString());
        await page.Locator(".step.tiny .big").WaitForAsync();
        Tell($"figures after {Stopwatch.GetElapsedTime(start).TotalSeconds:N1} s more: {await page.Locator(".step.tiny .big").InnerTextAsync()} by tiny; {(GC.GetTotalMemory(forceFullCollection: true) - before) / 1e6:N0} MB held by the server");
        await page.GotoAsync(new Uri(viewer.Server.Url, "/images?by=large&batch=line-3").ToString());
        start = Stopwatch.GetTimestamp();
        await page.Locator(".tile").First.WaitForAsync();
        Tell($"a filter's first screen after {Stopwatch.GetElapsedTime(start).TotalSeconds:N2} s");
        Tell($"scrolling: {await page.EvaluateAsync(ScrollScript)}");

        void Tell(string line)
        {
            TestContext.Current.TestOutputHelper!.WriteLine(line);
            if (WatchedRun.Screenshots is { } folder)
                File.AppendAllText(Path.Combine(folder, "scale.txt"), line + "\n");
        }
    }
}
