using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace TinySaver.Viewer.Tests.Page;

/// <summary>A real <c>tinysaver run --watch --view</c> on an Azurite of its own, and a browser.</summary>
public sealed partial class WatchedRun : IAsyncLifetime
{
    public const string Chromium = "/usr/bin/chromium";

    // A person who wants to look too sets this to a folder; the screenshots then stay there.
    public static readonly string? Screenshots = Environment.GetEnvironmentVariable("TINYSAVER_SCREENSHOTS");

    // Containers seldom allow the sandbox, and their /dev/shm is small; the page is our own.
    public static readonly string[] Arguments = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"];

    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(90);

    private readonly TemporaryFolder _folder = new();
    private Process? _process;
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public Uri Url { get; private set; } = null!;

    /// <summary>How other commands reach its storage.</summary>
    public string ConnectionString { get; private set; } = "";

    public static void SkipWithoutBrowser() => Assert.SkipUnless(File.Exists(Chromium), $"There is no browser at {Chromium}; install Debian's package chromium.");

    public async ValueTask InitializeAsync()
    {
        if (!File.Exists(Chromium))
            return;

        _process = Start("run", "--watch", "--view", "--data", Path.Combine(_folder.Path, "data"), "--policy", Path.Combine(RepositoryPaths.Root, "samples", "cascade.json"));
        using var timeout = new CancellationTokenSource(StartTimeout);
        string errors = "";
        while (!errors.Contains("Labelling", StringComparison.Ordinal))
        {
            string line = await _process.StandardError.ReadLineAsync(timeout.Token) ?? throw new InvalidOperationException($"tinysaver run ended: {errors}");
            errors += line + "\n";
            if (PagePattern().Match(line) is { Success: true } page)
                Url = new(page.Groups[1].Value);
        }

        using (var record = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder.Path, "data", "azurite.json"))))
            ConnectionString = record.RootElement.GetProperty("connectionString").GetString()!;

        _ = _process.StandardError.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
        _ = _process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Chromium,
            Args = Arguments,
        });
    }

    /// <summary>The page as a new person sees it first, with what went wrong in it: errors of scripts, and whatever the content security policy refused.</summary>
    public async Task<(IPage Page, List<string> Wrong)> OpenAsync(int width = 1440, bool dark = false)
    {
        IBrowserContext context = await _browser!.NewContextAsync(new() { ViewportSize = new() { Width = width, Height = width < 500 ? 844 : 900 }, ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light });
        IPage page = await context.NewPageAsync();
        page.SetDefaultTimeout(30_000);
        var wrong = new List<string>();
        page.PageError += (_, e) => wrong.Add(e);
        page.Dialog += (_, dialog) => wrong.Add($"dialog: {dialog.Message}");
        page.Console += (_, message) =>
        {
            if (message.Type == "error" && !message.Text.Contains("404", StringComparison.Ordinal))
                wrong.Add(message.Text);
        };
        await page.GotoAsync(Url.ToString());
        await page.Locator(".dot.on").WaitForAsync();
        return (page, wrong);
    }

    /// <summary>Goes to another address of the page.</summary>
    public async Task GoAsync(IPage page, string path) => await page.GotoAsync(new Uri(Url, path).ToString());

    /// <summary>Keeps a picture of the page where a person asked for it.</summary>
    public static async Task KeepAsync(IPage page, string name, bool full = false)
    {
        if (Screenshots is not null)
            await page.ScreenshotAsync(new() { Path = Path.Combine(Screenshots, $"{name}.png"), FullPage = full, Animations = ScreenshotAnimations.Disabled });
    }

    /// <summary>Runs another command to its end.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        using Process process = Start(arguments);
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        Task<string> output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        Task<string> errors = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return (process.ExitCode, await output, await errors);
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();

        _playwright?.Dispose();
        if (_process is not null)
        {
            // As Ctrl-C does, so that Azurite ends too.
            Posix.Signal(_process.Id, Posix.SigTerm);
            await _process.WaitForExitAsync();
            _process.Dispose();
        }

        _folder.Dispose();
    }

    private static Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "tinysaver.dll"), .. arguments])
        {
            // Any folder but the program's: the page must be found wherever the tool is run.
            WorkingDirectory = Path.GetTempPath(),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["NO_COLOR"] = "1" },
        };
        start.Environment.Remove("AZURE_STORAGE_CONNECTION_STRING");
        return Process.Start(start)!;
    }

    [GeneratedRegex("^Page: (http://127.0.0.1:[0-9]+/\\?token=[A-Za-z0-9_-]+)")]
    private static partial Regex PagePattern();
}
