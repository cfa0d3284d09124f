using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace TinySaver.Viewer.Safety;

/// <summary>Lets in whoever has the token of this process, from this machine's own address, and nobody else.</summary>
/// <remarks>
/// What stands against whom: the bind against the network; the Host header against names that point here; the token and its cookie against
/// other people and programs of this machine; SameSite, Origin and Sec-Fetch-Site against other sites in the same browser; the antiforgery
/// header, which no form and no other site can send, against all of them where something is changed; and the content security policy
/// against texts of images that should become markup after all.
/// </remarks>
internal sealed class Guard(bool readOnly)
{
    /// <summary>The header of requests that change something.</summary>
    public const string AntiforgeryHeader = "X-TinySaver-Antiforgery";

    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private const string Refusal = "Open the address that the command printed: it has the token that lets you in.\n";

    private readonly string _session = NewSecret();

    /// <summary>What the first address carries.</summary>
    public string Token { get; } = NewSecret();

    /// <summary>What requests that change something carry.</summary>
    public string Antiforgery { get; } = NewSecret();

    /// <summary>Whether the page changes nothing.</summary>
    public bool ReadOnly => readOnly;

    /// <summary>The port that is listened on.</summary>
    public int Port { get; set; }

    // Cookies know no ports, so two pages on one machine need two names.
    private string CookieName => $"tinysaver-{Port}";

    /// <summary>Answers a request that is not to be answered otherwise, or hands it on.</summary>
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        HttpRequest request = context.Request;
        IHeaderDictionary headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.CacheControl = "no-store";
        if (Refuse(request) is { } refused)
        {
            context.Response.StatusCode = refused.Status;
            await context.Response.WriteAsync(refused.Sentence, context.RequestAborted);
            return;
        }

        if (HasToken(request))
            context.Response.Cookies.Append(CookieName, _session, new() { HttpOnly = true, SameSite = SameSiteMode.Strict, Path = "/", IsEssential = true });

        await next(context);
    }

    private (int Status, string Sentence)? Refuse(HttpRequest request)
    {
        bool changes = !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method);
        if (!IsOwnHost(request.Host.Value))
            return (StatusCodes.Status421MisdirectedRequest, "This page answers to 127.0.0.1 and localhost only.\n");

        if (request.Headers.Origin is { Count: > 0 } origin ? !IsOwnOrigin(origin.ToString()) : changes)
            return (StatusCodes.Status403Forbidden, "This page takes no requests from other sites.\n");

        if (request.Headers["Sec-Fetch-Site"] is { Count: > 0 } site && site.ToString() is not ("same-origin" or "none") && !(HasToken(request) && request.Path == "/"))
            return (StatusCodes.Status403Forbidden, "This page takes no requests from other sites.\n");

        if (!HasToken(request) && !Same(request.Cookies[CookieName], _session))
            return (StatusCodes.Status401Unauthorized, Refusal);

        if (!changes)
            return null;

        return !Same(request.Headers[AntiforgeryHeader].ToString(), Antiforgery) ? (StatusCodes.Status400BadRequest, "The antiforgery header is missing or of another page; load the page again.\n")
            : readOnly ? (StatusCodes.Status403Forbidden, "This page was started with --read-only, so it changes nothing.\n")
            : null;
    }

    private bool HasToken(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) && request.Path == "/" && Same(request.Query["token"].ToString(), Token);

    private bool IsOwnHost(string? host) => host == $"127.0.0.1:{Port}" || string.Equals(host, $"localhost:{Port}", StringComparison.OrdinalIgnoreCase);

    private bool IsOwnOrigin(string origin) => origin.StartsWith("http://", StringComparison.Ordinal) && IsOwnHost(origin["http://".Length..]);

    // In a time that does not tell how much of it is right.
    private static bool Same(string? given, string expected) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given ?? ""), Encoding.UTF8.GetBytes(expected));

    private static string NewSecret() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
}
