using System.Text.Json;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Microsoft.Playwright;
using TinySaver.Core.Labels;
using TinySaver.Inference.Cascades;
using TinySaver.Pipeline.Storage;

namespace TinySaver.Viewer.Tests.Page;

/// <summary>What a person does on the page, in Debian's chromium, on a real run.</summary>
public sealed class PageSpecs(WatchedRun run) : IClassFixture<WatchedRun>
{
    private const string Samples = "samples/images";

    // Puts files on the page as a hand would drop them.
    private const string DropScript = """
        files => {
          const data = new DataTransfer();
          for (const f of files) data.items.add(new File([Uint8Array.from(atob(f.bytes), c => c.charCodeAt(0))], f.name));
          for (const kind of ['dragenter', 'dragover', 'drop']) document.body.dispatchEvent(new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true }));
        }
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static string[] Images(string folder, int count) =>
        [.. Directory.EnumerateFiles(Path.Combine(RepositoryPaths.Root, Samples, folder)).Order(StringComparer.Ordinal).Take(count)];

    [Fact]
    public async Task Five_dropped_images_are_uploaded_and_labelled_while_one_looks_and_found_by_filter()
    {
        WatchedRun.SkipWithoutBrowser();
        (IPage page, List<string> wrong) = await run.OpenAsync();
        await page.GetByLabel("Batch").FillAsync("dropped");
        await page.EvaluateAsync(DropScript, Images("pits", 5).Select(f => new { name = Path.GetFileName(f), bytes = Convert.ToBase64String(File.ReadAllBytes(f)) }));

        await Assertions.Expect(page.Locator("#dropped")).ToHaveTextAsync("5 of 5 uploaded, 5 done");
        await Assertions.Expect(page.Locator(".drops li .chip.tiny, .drops li .chip.large")).ToHaveCountAsync(5);
        await Assertions.Expect(page.Locator(".drops b").First).ToHaveTextAsync("pits");
        await WatchedRun.KeepAsync(page, "dropped");

        await run.GoAsync(page, "/images?batch=dropped");
        await Assertions.Expect(page.Locator(".tile")).ToHaveCountAsync(5);
        await page.Locator("select[name=label]").SelectOptionAsync("pits");
        await page.WaitForURLAsync("**/images?batch=dropped&label=pits");
        await Assertions.Expect(page.Locator(".tile")).ToHaveCountAsync(5);
        await page.Locator("select[name=status]").SelectOptionAsync("Failed");
        await Assertions.Expect(page.Locator(".state-title")).ToHaveTextAsync("No images match");
        Assert.Empty(wrong);
    }

    [Fact]
    public async Task A_batch_that_comes_while_one_looks_can_be_chosen()
    {
        WatchedRun.SkipWithoutBrowser();
        (IPage page, List<string> wrong) = await run.OpenAsync();
        await run.GoAsync(page, "/images");
        await Assertions.Expect(page.Locator("select[name=batch] option")).Not.ToHaveCountAsync(0);
        await UploadAsync("late", "pits", 1);

        await page.Locator("select[name=batch]").SelectOptionAsync("late");
        await page.WaitForURLAsync("**/images?batch=late");
        await Assertions.Expect(page.Locator(".tile")).ToHaveCountAsync(1);
        Assert.Empty(wrong);
    }

    [Fact]
    public async Task The_overview_says_what_status_says_and_the_threshold_moves_every_figure()
    {
        WatchedRun.SkipWithoutBrowser();
        await UploadAsync("overview", "*", 70);
        (IPage page, List<string> wrong) = await run.OpenAsync();
        (_, string json, _) = await WatchedRun.RunAsync("status", "--json", "--storage", run.ConnectionString);
        JsonElement status = JsonDocument.Parse(json).RootElement;
        await Assertions.Expect(page.Locator(".step b").First).ToHaveTextAsync($"{status.GetProperty("images").GetInt64():N0}");
        await Assertions.Expect(page.Locator(".step.tiny .big")).ToHaveTextAsync($"{status.GetProperty("labelledByTiny").GetInt64():N0}");
        await Assertions.Expect(page.Locator(".step.large .big")).ToHaveTextAsync($"{status.GetProperty("labelledByLarge").GetInt64():N0}");

        await page.GetByRole(AriaRole.Link, new() { Name = "What if" }).ClickAsync();
        await Assertions.Expect(page.Locator(".promise.good")).ToBeVisibleAsync();
        await page.Locator("#threshold").FillAsync("1");
        string highest = await page.Locator(".tiles dd.figure").First.InnerTextAsync();
        await page.Locator("#threshold").FillAsync("0");
        await Assertions.Expect(page.Locator(".promise.unsure")).ToContainTextAsync("nothing is promised");
        await Assertions.Expect(page.Locator(".tiles dd.figure").First).ToHaveTextAsync("100.0\u00a0%");
        Assert.NotEqual("100.0\u00a0%", highest);
        await Assertions.Expect(page.Locator(".tiles")).ToContainTextAsync("images of known truth");
        Assert.Empty(wrong);
    }

    [Fact]
    public async Task Ten_images_are_judged_by_keyboard_and_a_search_takes_the_judgements()
    {
        WatchedRun.SkipWithoutBrowser();
        await UploadAsync("judged", "patches", 12);
        (IPage page, List<string> wrong) = await run.OpenAsync();
        await run.GoAsync(page, "/review?batch=judged");
        await page.Locator(".sheet img").WaitForAsync();
        Assert.Empty(await page.Locator(".choice .chip").AllAsync());
        string patches = await page.Locator(".options button", new() { HasText = "patches" }).Locator("kbd").InnerTextAsync();
        for (int i = 0; i < 10; i++)
        {
            await page.Keyboard.PressAsync(i == 3 ? "n" : patches);
            await Assertions.Expect(page.Locator("#reviewed")).ToContainTextAsync($"{i + 1} judged");
        }

        await Assertions.Expect(page.Locator(".judged")).ToContainTextAsync("Tiny said");
        await page.Keyboard.PressAsync("u");
        await Assertions.Expect(page.Locator(".judged")).ToContainTextAsync("Taken back");
        await page.Keyboard.PressAsync(patches);
        await Assertions.Expect(page.Locator("#reviewed")).ToContainTextAsync("10 judged");
        await Assertions.Expect(page.Locator("#reviewed")).Not.ToContainTextAsync("being saved");

        string samples = Path.Combine(RepositoryPaths.Root, "samples");
        using var folder = new TemporaryFolder();
        string data = Path.Combine(folder.Path, "judged");
        Directory.CreateDirectory(data);
        foreach (string image in Images("patches", 12))
            File.Copy(image, Path.Combine(data, Path.GetFileName(image)));

        folder.Write("judged/manifest.csv", "path\n" + string.Concat(Images("patches", 12).Select(f => Path.GetFileName(f) + "\n")));
        (int code, string output, string errors) = await WatchedRun.RunAsync(
            "search", "--large", $"{samples}/models/large", "--saver", $"{samples}/models/middle", "--data", Path.Combine(data, "manifest.csv"), "--cache", Path.Combine(folder.Path, "cache"),
            "--rule", "fixed", "--threshold", "0.9", "--reviews", run.ConnectionString);
        Assert.True(errors.Contains("9 of ", StringComparison.Ordinal) && errors.Contains("1 more say that the image is none of the classes", StringComparison.Ordinal), $"{code} {output} {errors}");
        Assert.Empty(wrong);
    }

    [Fact]
    public async Task A_difference_in_the_audits_is_offered_to_be_judged()
    {
        WatchedRun.SkipWithoutBrowser();
        await UploadAsync("audited", "pits", 1);
        var clients = StorageClients.Create(new StorageOptions { ConnectionString = run.ConnectionString });
        var audits = new TableAuditStore(clients.Tables.GetTableClient("audits"));
        await audits.EnsureCreatedAsync(Cancellation);
        string policy = CascadeLoader.ReadPolicy(Path.Combine(RepositoryPaths.Samples, "cascade.json")).Id;
        string image = $"audited/{Path.GetFileName(Images("pits", 1)[0])}";
        await audits.AddAsync(new(policy, DateTimeOffset.UtcNow, image, new(DateTimeOffset.UnixEpoch, "1"), new(0, 1, 0.99), 1, "pits", 2, "none", 0.9), Cancellation);

        (IPage page, List<string> wrong) = await run.OpenAsync();
        await run.GoAsync(page, "/review?queue=list");
        await page.GetByText("Judge these").First.ClickAsync();
        await page.Locator(".sheet img").WaitForAsync();
        Assert.Equal(image, await page.Locator(".choice .note.cut").First.GetAttributeAsync("title"));
        Assert.Empty(wrong);
    }

    [Fact]
    public async Task Failures_are_listed_by_reason_and_put_back()
    {
        WatchedRun.SkipWithoutBrowser();
        var images = new BlobContainerClient(run.ConnectionString, "images");
        foreach (string name in new[] { "broken/a.jpg", "broken/b.jpg" })
            await images.GetBlobClient(name).UploadAsync(BinaryData.FromString("no image"), overwrite: true, Cancellation);

        (IPage page, List<string> wrong) = await run.OpenAsync();
        await Assertions.Expect(page.Locator("#nav .count")).ToHaveTextAsync("2");
        await run.GoAsync(page, "/failures?reason=not-an-image");
        await Assertions.Expect(page.Locator(".failed-list li")).ToHaveCountAsync(2);
        await WatchedRun.KeepAsync(page, "failures");

        BlobClient chosen = images.GetBlobClient(await page.Locator(".failed-list a").First.InnerTextAsync());
        BlobProperties before = await chosen.GetPropertiesAsync(cancellationToken: Cancellation);
        await page.Locator(".failed-list input").First.CheckAsync();
        await page.RunAndWaitForResponseAsync(() => page.GetByText("Retry chosen (1)").ClickAsync(), r => r.Url.Contains("/api/rows?", StringComparison.Ordinal));
        await Assertions.Expect(page.Locator(".toast")).ToContainTextAsync("1 put back");
        BlobProperties after = await chosen.GetPropertiesAsync(cancellationToken: Cancellation);
        Assert.NotEqual(before.ETag, after.ETag);

        // One is mended only after the list was read again: it follows, however late an image's turn comes.
        await images.GetBlobClient("broken/a.jpg").UploadAsync(Images("pits", 1)[0], overwrite: true, Cancellation);
        await Assertions.Expect(page.Locator(".failed-list li")).ToHaveCountAsync(1, new() { Timeout = 15_000 });
        Assert.Empty(wrong);
        await images.DeleteBlobAsync("broken/b.jpg", cancellationToken: Cancellation);
    }

    [Fact]
    public async Task Hostile_names_and_labels_do_nothing()
    {
        WatchedRun.SkipWithoutBrowser();
        const string Name = "hostile/<img src=x onerror=alert(1)>\"'`&lt;\u202Egnp.exe";
        const string Label = "<script>alert('label')</script><svg onload=alert(2)>";
        var clients = StorageClients.Create(new StorageOptions { ConnectionString = run.ConnectionString });
        var labels = new TableLabelStore(clients.Tables.GetTableClient("labels"));
        await labels.EnsureCreatedAsync(Cancellation);
        LabelRow row = new LabelRow(Name, new(DateTimeOffset.UnixEpoch, "\"><script>alert(3)</script>"), LabelStatus.Labelled) with
        {
            Label = Label,
            ClassIndex = 0,
            Confidence = 1,
            DecidedBy = Decider.Tiny,
            TinyLabel = Label,
            TinyClassIndex = 0,
            TinyConfidence = 0.5,
            LargeLabel = "javascript:alert(4)",
            LargeClassIndex = 1,
            Job = "<b>job</b>",
            TopK = [new(0, Label, 1f)],
        };
        await labels.TryInsertAsync(row, Cancellation);
        await labels.TryInsertAsync(new LabelRow(Name + "2", row.Version).FailedFor(Core.Failures.FailureReason.Damaged, Label), Cancellation);
        (IPage page, List<string> wrong) = await run.OpenAsync();
        foreach (string path in new[] { "/", "/images?batch=hostile", $"/image?name={Uri.EscapeDataString(Name)}", "/failures", "/review?batch=hostile", "/what-if", $"/images?label={Uri.EscapeDataString(Label)}" })
        {
            await run.GoAsync(page, path);
            await page.WaitForLoadStateAsync(LoadState.NetworkIdle, new() { Timeout = 3000 }).ContinueWith(_ => { }, TaskScheduler.Default);
            Assert.Equal(0, await page.Locator("#view script, #view svg[onload], #view [onerror], #view bdi *").CountAsync());
        }

        await run.GoAsync(page, "/images?batch=hostile");
        await Assertions.Expect(page.Locator(".tile b").Filter(new() { HasText = "<script>" })).ToHaveCountAsync(1);
        await run.GoAsync(page, $"/image?name={Uri.EscapeDataString(Name)}");
        await Assertions.Expect(page.Locator("h1")).Not.ToContainTextAsync("\u202E");
        Assert.DoesNotContain(wrong, w => w.Contains("dialog", StringComparison.Ordinal) || w.Contains("Content Security Policy", StringComparison.Ordinal));
        await labels.TryDeleteAsync(Name, (await labels.GetAsync(Name, Cancellation))!.RowTag, Cancellation);
        await labels.TryDeleteAsync(Name + "2", (await labels.GetAsync(Name + "2", Cancellation))!.RowTag, Cancellation);
    }

    [Theory]
    [InlineData(1440, false)]
    [InlineData(1440, true)]
    [InlineData(390, false)]
    [InlineData(390, true)]
    public async Task Every_view_fits_its_width(int width, bool dark)
    {
        WatchedRun.SkipWithoutBrowser();
        await UploadAsync("shown", "*", 28);
        (IPage page, List<string> wrong) = await run.OpenAsync(width, dark);
        string name = $"{width}-{(dark ? "dark" : "light")}";
        await page.Locator(".flow").WaitForAsync();
        await LooksRightAsync("overview");
        await run.GoAsync(page, "/images?batch=shown");
        await Assertions.Expect(page.Locator(".tile img").First).ToBeVisibleAsync();
        await page.WaitForFunctionAsync("() => [...document.images].filter(i => i.getBoundingClientRect().top < innerHeight).every(i => i.complete)");
        await LooksRightAsync("grid");
        await page.Locator(".tile a").First.ClickAsync();
        await page.GetByText("Ask every model").ClickAsync();
        await page.GetByText("What each model says").WaitForAsync();
        await page.WaitForFunctionAsync("() => [...document.images].every(i => i.complete)");
        await LooksRightAsync("image");
        await run.GoAsync(page, "/what-if?batch=shown");
        await page.Locator("#threshold").WaitForAsync();
        await LooksRightAsync("what-if");
        await run.GoAsync(page, "/review?batch=shown");
        await page.Locator(".sheet img").WaitForAsync();
        await page.WaitForFunctionAsync("() => document.querySelector('.sheet img').complete");
        await LooksRightAsync("review");
        await run.GoAsync(page, "/review");
        await page.Locator(".sources").WaitForAsync();
        await LooksRightAsync("review-sources");
        await run.GoAsync(page, "/failures");
        await page.Locator("h1").WaitForAsync();
        await LooksRightAsync("failures");
        Assert.Empty(wrong);

        async Task LooksRightAsync(string view)
        {
            await WatchedRun.KeepAsync(page, $"{view}-{name}");
            int over = await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - document.documentElement.clientWidth");
            Assert.True(over <= 0, $"{view} at {width} is {over} pixels too wide.");
        }
    }

    private async Task UploadAsync(string batch, string folder, int count)
    {
        var images = new BlobContainerClient(run.ConnectionString, "images");
        string[] files = folder == "*" ? [.. Directory.EnumerateDirectories(Path.Combine(RepositoryPaths.Root, Samples)).SelectMany(d => Images(Path.GetFileName(d), count / 7))] : Images(folder, count);
        foreach (string file in files)
        {
            string below = folder == "*" ? $"{Path.GetFileName(Path.GetDirectoryName(file))}/{Path.GetFileName(file)}" : Path.GetFileName(file);
            await images.GetBlobClient($"{batch}/{below}").UploadAsync(file, overwrite: true, Cancellation);
        }

        for (long waiting = 1; waiting > 0;)
        {
            (_, string json, _) = await WatchedRun.RunAsync("status", "--json", "--storage", run.ConnectionString);
            JsonElement status = JsonDocument.Parse(json).RootElement;
            waiting = status.GetProperty("waitingForTiny").GetInt64() + status.GetProperty("waitingForLarge").GetInt64();
        }
    }
}
