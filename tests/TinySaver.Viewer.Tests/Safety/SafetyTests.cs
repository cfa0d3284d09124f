using System.Net;
using System.Net.Http.Json;
using System.Net.NetworkInformation;
using System.Text.Json;
using TinySaver.Core.Labels;

namespace TinySaver.Viewer.Tests.Safety;

/// <summary>Who is let in, and what the page must never do.</summary>
public sealed class SafetyTests(OneViewer viewer) : IClassFixture<OneViewer>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private Uri Root => new(viewer.Server.Url, "/");

    [Fact]
    public void Server_ListensOnLoopbackOnly()
    {
        IPEndPoint[] listeners = [.. IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Where(l => l.Port == Root.Port)];

        Assert.NotEmpty(listeners);
        Assert.All(listeners, l => Assert.Equal(IPAddress.Loopback, l.Address));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/?token=")]
    [InlineData("/?token=wrong")]
    [InlineData("/api/rows")]
    [InlineData("/api/picture?name=a")]
    [InlineData("/api/live")]
    [InlineData("/assets/app.js")]
    public async Task Request_WithoutTokenOrCookie_IsRefused(string path)
    {
        using var client = new HttpClient();
        using HttpResponseMessage response = await client.GetAsync(new Uri(Root, path), Cancellation);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.False(response.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task Token_OnAnotherPath_LetsNobodyIn()
    {
        using var client = new HttpClient();
        using HttpResponseMessage response = await client.GetAsync(new Uri(Root, "/api/rows" + viewer.Server.Url.Query), Cancellation);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task FirstAddress_SetsACookieThatScriptsAndOtherSitesCannotUse()
    {
        using var client = new HttpClient(new HttpClientHandler { UseCookies = false });
        using HttpResponseMessage response = await client.GetAsync(viewer.Server.Url, Cancellation);
        string cookie = Assert.Single(response.Headers.GetValues("Set-Cookie"));

        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(viewer.Server.Url.Query["?token=".Length..], cookie, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("evil.example")]
    [InlineData("evil.example:{port}")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1.evil.example:{port}")]
    [InlineData("127.0.0.1:1")]
    public async Task Request_ToAnotherHost_IsRefused(string host)
    {
        using HttpClient client = await OneViewer.EnterAsync(viewer.Server);
        client.DefaultRequestHeaders.Host = host.Replace("{port}", $"{Root.Port}", StringComparison.Ordinal);
        using HttpResponseMessage response = await client.GetAsync(new Uri("/api/rows", UriKind.Relative), Cancellation);

        Assert.Equal(HttpStatusCode.MisdirectedRequest, response.StatusCode);
    }

    [Theory]
    [InlineData("http://evil.example", null)]
    [InlineData("null", null)]
    [InlineData("https://127.0.0.1:{port}", null)]
    [InlineData("http://127.0.0.1:1", null)]
    [InlineData("http://127.0.0.1:{port}", "cross-site")]
    [InlineData("http://127.0.0.1:{port}", "same-site")]
    public async Task Request_FromAnotherOrigin_IsRefused(string origin, string? site)
    {
        using HttpClient client = await OneViewer.EnterAsync(viewer.Server);
        client.DefaultRequestHeaders.Remove("Origin");
        client.DefaultRequestHeaders.Add("Origin", origin.Replace("{port}", $"{Root.Port}", StringComparison.Ordinal));
        if (site is not null)
            client.DefaultRequestHeaders.Add("Sec-Fetch-Site", site);

        using HttpResponseMessage read = await client.GetAsync(new Uri("/api/rows", UriKind.Relative), Cancellation);
        using HttpResponseMessage write = await client.PostAsJsonAsync(new Uri("/api/retry", UriKind.Relative), Array.Empty<string>(), Cancellation);

        Assert.Equal(HttpStatusCode.Forbidden, read.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, write.StatusCode);
    }

    [Theory]
    [InlineData("PUT", "/api/upload?name=b/x.jpg")]
    [InlineData("POST", "/api/retry")]
    [InlineData("POST", "/api/retry/failed")]
    [InlineData("POST", "/api/review")]
    [InlineData("POST", "/api/review/undo")]
    public async Task Change_WithoutAntiforgeryOrOrigin_IsRefused_AndAReadOnlyPageRefusesItAnyhow(string method, string path)
    {
        using HttpClient client = await OneViewer.EnterAsync(viewer.Server);
        client.DefaultRequestHeaders.Remove("X-TinySaver-Antiforgery");
        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync(client));
        client.DefaultRequestHeaders.Add("X-TinySaver-Antiforgery", "guessed");
        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync(client));

        using HttpClient without = await OneViewer.EnterAsync(viewer.Server);
        without.DefaultRequestHeaders.Remove("Origin");
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(without));

        ViewerServer readOnly = await viewer.StartAsync(readOnly: true);
        using HttpClient reader = await OneViewer.EnterAsync(readOnly);
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(reader));
        Assert.Null(await viewer.Sources.Images.GetVersionAsync("b/x.jpg", Cancellation));

        async Task<HttpStatusCode> StatusAsync(HttpClient of)
        {
            using var request = new HttpRequestMessage(new(method), path) { Content = JsonContent.Create(Array.Empty<string>()) };
            using HttpResponseMessage response = await of.SendAsync(request, Cancellation);
            return response.StatusCode;
        }
    }

    [Fact]
    public async Task Page_AllowsNoInlineScriptOrStyle_AndHasNone()
    {
        using HttpClient client = await OneViewer.EnterAsync(viewer.Server);
        using HttpResponseMessage response = await client.GetAsync(new Uri("/", UriKind.Relative), Cancellation);
        string policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
        string page = await response.Content.ReadAsStringAsync(Cancellation);

        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("script-src 'self';", policy, StringComparison.Ordinal);
        Assert.Contains("style-src 'self';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("<style", page, StringComparison.Ordinal);
        Assert.DoesNotContain(" style=", page, StringComparison.Ordinal);
        Assert.All(page.Split("<script").Skip(1), script => Assert.StartsWith(" type=\"module\" src=\"/assets/", script, StringComparison.Ordinal));
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
    }

    [Fact]
    public async Task Answers_NeverHaveAKeyOrASignature()
    {
        await ImageAsync("keys/a.jpg");
        using HttpClient client = await OneViewer.EnterAsync(viewer.Server);
        foreach (string path in new[] { "/", "/api/about", "/api/rows", "/api/row?name=keys/a.jpg", "/api/facets", "/api/what-if", "/api/reviews.csv", "/api/row?name=none", "/api/rows?status=wrong", "/api/rows?cursor=wrong", "/api/picture?name=none", "/assets/app.js" })
        {
            using HttpResponseMessage response = await client.GetAsync(new Uri(path, UriKind.Relative), Cancellation);
            string text = response.Headers + await response.Content.ReadAsStringAsync(Cancellation);
            Assert.DoesNotContain(viewer.Key, text, StringComparison.Ordinal);
            Assert.DoesNotContain("sig=", text, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Picture_IsAlwaysAJpegOfOurs()
    {
        await ImageAsync("safe/a.jpg");
        using (var svg = new MemoryStream("<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"u8.ToArray()))
            await viewer.Sources.Images.UploadAsync("safe/b.svg", svg, [], Cancellation);

        using HttpClient client = await OneViewer.EnterAsync(viewer.Server);
        byte[] picture = await client.GetByteArrayAsync(new Uri("/api/picture?name=safe/a.jpg&side=256", UriKind.Relative), Cancellation);
        using HttpResponseMessage refused = await client.GetAsync(new Uri("/api/picture?name=safe/b.svg&side=256", UriKind.Relative), Cancellation);

        Assert.Equal([0xFF, 0xD8], picture[..2]);
        Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
        Assert.Equal("text/plain", refused.Content.Headers.ContentType!.MediaType);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/a.jpg")]
    [InlineData("a/../b.jpg")]
    [InlineData("a\\..\\b.jpg")]
    [InlineData("a\u0001.jpg")]
    public async Task Upload_OfANameThatNoBlobShouldHave_IsRefused(string name)
    {
        using HttpClient client = await OneViewer.EnterAsync(viewer.Server);
        using HttpResponseMessage response = await client.PutAsync(new Uri($"/api/upload?name={Uri.EscapeDataString(name)}", UriKind.Relative), new ByteArrayContent([1]), Cancellation);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task Upload_TheSameAgain_IsPassedOver()
    {
        using HttpClient client = await OneViewer.EnterAsync(viewer.Server);
        bool[] skipped = [await PutAsync([1, 2]), await PutAsync([1, 2]), await PutAsync([3])];

        Assert.Equal([false, true, false], skipped);

        async Task<bool> PutAsync(byte[] bytes)
        {
            using HttpResponseMessage response = await client.PutAsync(new Uri("/api/upload?name=same%5Ca.jpg", UriKind.Relative), new ByteArrayContent(bytes), Cancellation);
            JsonElement sent = await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
            Assert.Equal("same/a.jpg", sent.GetProperty("name").GetString());
            return sent.GetProperty("skipped").GetBoolean();
        }
    }

    private async Task ImageAsync(string name)
    {
        string file = Directory.EnumerateFiles(Path.Combine(RepositoryPaths.Samples, "images", "pits")).First();
        await using FileStream content = File.OpenRead(file);
        ImageVersion version = await viewer.Sources.Images.UploadAsync(name, content, [], Cancellation);
        await viewer.Sources.Labels.TryInsertAsync(new LabelRow(name, version, LabelStatus.Labelled, Label: "pits", ClassIndex: 2, DecidedBy: Decider.Tiny), Cancellation);
    }
}
