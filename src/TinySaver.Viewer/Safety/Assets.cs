using System.Net.Mime;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using TinySaver.Reports;

namespace TinySaver.Viewer.Safety;

/// <summary>The page's own files, from this assembly.</summary>
internal static class Assets
{
    // Each view has an address of its own, which can be linked to and loaded again.
    private static readonly string[] Views = ["/", "/images", "/image", "/what-if", "/review", "/failures"];

    private static readonly Dictionary<string, string> Types = new(StringComparer.Ordinal)
    {
        [".js"] = MediaTypeNames.Text.JavaScript,
        [".css"] = MediaTypeNames.Text.Css,
        [".svg"] = MediaTypeNames.Image.Svg,
    };

    /// <summary>Maps them.</summary>
    public static void MapAssets(this IEndpointRouteBuilder routes, Guard guard)
    {
        // Neither a name nor a label is ever written into it: they come as JSON.
        string page = Encoding.UTF8.GetString(Read("index.html")!)
            .Replace("{antiforgery}", guard.Antiforgery, StringComparison.Ordinal)
            .Replace("{readonly}", guard.ReadOnly ? "true" : "false", StringComparison.Ordinal);
        foreach (string view in Views)
            routes.MapGet(view, () => Results.Content(page, "text/html; charset=utf-8"));

        routes.MapGet("/assets/report.css", () => Results.Content(ReportStyle.Sheet, "text/css; charset=utf-8"));
        routes.MapGet("/assets/{file}", (string file) => Types.TryGetValue(Path.GetExtension(file), out string? type) && Read(file) is { } bytes
            ? Results.Bytes(bytes, $"{type}; charset=utf-8")
            : Results.NotFound());
    }

    private static byte[]? Read(string file)
    {
        using Stream? stream = typeof(Assets).Assembly.GetManifestResourceStream($"Assets/{file}");
        if (stream is null)
            return null;

        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
