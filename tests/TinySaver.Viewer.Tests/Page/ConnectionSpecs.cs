using Microsoft.Playwright;
using TinySaver.Viewer.Tests.Safety;

namespace TinySaver.Viewer.Tests.Page;

/// <summary>What the page says when its command has ended.</summary>
public sealed class ConnectionSpecs(OneViewer viewer) : IClassFixture<OneViewer>
{
    [Fact]
    public async Task A_command_that_has_ended_is_told_and_the_figures_stay()
    {
        WatchedRun.SkipWithoutBrowser();
        using IPlaywright playwright = await Playwright.CreateAsync();
        await using IBrowser browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = WatchedRun.Chromium, Args = WatchedRun.Arguments });
        IPage page = await browser.NewPageAsync();
        ViewerServer server = await viewer.StartAsync(readOnly: true);
        await page.GotoAsync(server.Url.ToString());
        await page.Locator(".dot.on").WaitForAsync();
        Assert.DoesNotContain("token", page.Url, StringComparison.Ordinal);
        await Assertions.Expect(page.GetByText("No images yet")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator(".dropzone")).ToHaveCountAsync(0);
        await server.DisposeAsync();
        await Assertions.Expect(page.Locator(".banner")).ToContainTextAsync("The connection to the command is lost");
        await Assertions.Expect(page.GetByText("No images yet")).ToBeVisibleAsync();
    }
}
