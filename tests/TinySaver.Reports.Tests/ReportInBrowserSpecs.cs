using Microsoft.Playwright;

namespace TinySaver.Reports.Tests;

/// <summary>Opens reports in Debian's chromium, as a person would.</summary>
public sealed class ReportInBrowserSpecs
{
    private const string Chromium = "/usr/bin/chromium";

    // A person who wants to look too sets this to a folder; the screenshots then stay there.
    private const string ScreenshotVariable = "TINYSAVER_SCREENSHOTS";

    // Texts of charts whose rectangles share area (glyph boxes have some air: a pixel of overlap is none to the eye).
    private const string OverlapsScript = """
        () => {
          const found = [];
          for (const svg of document.querySelectorAll('svg.chart')) {
            if (svg.getClientRects().length === 0) continue;
            const frame = svg.getBoundingClientRect();
            const texts = [...svg.querySelectorAll('text')].map(t => ({ text: t.textContent, box: t.getBoundingClientRect() }));
            for (let i = 0; i < texts.length; i++) {
              const a = texts[i];
              if (a.box.left < frame.left - 1 || a.box.right > frame.right + 1 || a.box.top < frame.top - 1 || a.box.bottom > frame.bottom + 1)
                found.push(`cut: "${a.text}" in ${svg.querySelector('title').textContent}`);
              for (let j = i + 1; j < texts.length; j++) {
                const b = texts[j];
                if (a.box.left + 1 < b.box.right && b.box.left + 1 < a.box.right && a.box.top + 2 < b.box.bottom && b.box.top + 2 < a.box.bottom)
                  found.push(`"${a.text}" over "${b.text}" in ${svg.querySelector('title').textContent}`);
              }
            }
          }
          return found;
        }
        """;

    private const string MarksScript = """
        () => [...document.querySelectorAll('figure')].map(figure => {
          const shown = [...figure.querySelectorAll('svg.chart')].filter(svg => svg.getClientRects().length > 0);
          const marks = shown.flatMap(svg => [...svg.querySelectorAll('.mark')]).filter(m => {
            const box = m.getBoundingClientRect();
            return box.width + box.height > 0;
          });
          return `${shown.length} ${marks.length > 0}`;
        })
        """;

    // Elements whose text is wider than themselves though they do not scroll, and the page itself.
    private const string OverflowScript = """
        () => {
          const found = [];
          const width = document.documentElement.clientWidth;
          if (document.documentElement.scrollWidth > width) found.push(`page: ${document.documentElement.scrollWidth} > ${width}`);
          for (const e of document.querySelectorAll('h1, h2, h3, p, dt, dd, li, figure, pre, header, summary')) {
            const box = e.getBoundingClientRect();
            if (box.width > 0 && (box.left < -1 || box.right > width + 1)) found.push(`${e.tagName} ${e.textContent.slice(0, 40)}`);
            if (e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX === 'visible' && e.clientWidth > 0)
              found.push(`${e.tagName} overflows: ${e.textContent.slice(0, 40)}`);
          }
          return found;
        }
        """;

    [Fact]
    public Task A_certified_search_reads_well_at_every_width_and_in_both_colour_schemes() => LooksRight("certified", SyntheticReports.Certified());

    [Fact]
    public Task A_search_without_labels_reads_well_at_every_width_and_in_both_colour_schemes() => LooksRight("label-free", SyntheticReports.LabelFree());

    [Fact]
    public Task A_search_without_a_cascade_reads_well_at_every_width_and_in_both_colour_schemes() => LooksRight("no-cascade", SyntheticReports.NoCascade());

    [Fact]
    public Task A_chain_of_savers_reads_well_at_every_width_and_in_both_colour_schemes() => LooksRight("chain", SyntheticReports.Chain());

    [Fact]
    public Task An_evaluation_alone_reads_well_at_every_width_and_in_both_colour_schemes() => LooksRight("evaluation", SyntheticReports.EvaluationOnly());

    [Fact]
    public Task A_plan_reads_well_at_every_width_and_in_both_colour_schemes() => LooksRight("plan", PlanPage.Write(PlanPageTests.Example));

    private static Task LooksRight(string name, ReportInput input) => LooksRight(name, ReportWriter.Write(input));

    private static async Task LooksRight(string name, string html)
    {
        Assert.SkipUnless(File.Exists(Chromium), $"There is no browser at {Chromium}; install Debian's package chromium.");
        using var folder = new TemporaryFolder();
        string page = folder.Write("report.html", html);
        using IPlaywright playwright = await Playwright.CreateAsync();
        await using IBrowser browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Chromium,
            // Containers seldom allow the sandbox, and their /dev/shm is small; the page is our own.
            Args = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"],
        });
        foreach (int width in new[] { 1280, 390 })
        {
            foreach (ColorScheme scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
                await CheckAsync(browser, page, name, width, scheme, Media.Screen);
        }

        // A4 at 96 pixels an inch, less the usual margins.
        await CheckAsync(browser, page, name, 718, ColorScheme.Dark, Media.Print);
    }

    private static async Task CheckAsync(IBrowser browser, string file, string name, int width, ColorScheme scheme, Media media)
    {
        await using IBrowserContext context = await browser.NewContextAsync(new()
        {
            ColorScheme = scheme,
            ViewportSize = new() { Width = width, Height = 900 },
            DeviceScaleFactor = 1,
        });
        IPage page = await context.NewPageAsync();
        var requests = new List<string>();
        page.Request += (_, request) => requests.Add(request.Url);
        var errors = new List<string>();
        page.Console += (_, message) => errors.Add(message.Text);
        string address = new Uri(file).AbsoluteUri;
        await page.EmulateMediaAsync(new() { Media = media });
        await page.GotoAsync(address);
        if (Environment.GetEnvironmentVariable(ScreenshotVariable) is { Length: > 0 } screenshots)
            await page.ScreenshotAsync(new() { Path = Path.Combine(screenshots, $"{name}-{width}-{scheme}-{media}.png".ToLowerInvariant()), FullPage = true });

        string[] marks = await page.EvaluateAsync<string[]>(MarksScript);
        Assert.NotEmpty(marks);
        Assert.All(marks, figure => Assert.Equal("1 true", figure, ignoreCase: true));
        Assert.Empty(await page.EvaluateAsync<string[]>(OverlapsScript));
        Assert.Empty(await page.EvaluateAsync<string[]>(OverflowScript));
        Assert.All(requests.Where(r => !r.StartsWith("data:", StringComparison.Ordinal)), request => Assert.Equal(address, request));
        Assert.NotEmpty(requests);
        Assert.Empty(errors);

        // Paper is white whatever the reader's screen is.
        int red = await page.EvaluateAsync<int>("() => parseInt(getComputedStyle(document.body).backgroundColor.split('(')[1])");
        Assert.Equal(scheme == ColorScheme.Dark && media == Media.Screen, red < 64);
    }
}
