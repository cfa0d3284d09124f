using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using TinySaver.Core.Labels;
using TinySaver.Pipeline.Images;

namespace TinySaver.Viewer.Pictures;

/// <summary>Takes images that are dropped on the page, by the rules of <c>tinysaver upload</c>.</summary>
internal static class UploadEndpoint
{
    /// <summary>Most bytes of a file; an image that the pipeline takes is far smaller.</summary>
    public const int MaxBytes = 100_000_000;

    /// <summary>Maps it.</summary>
    public static void MapUpload(this IEndpointRouteBuilder api, ViewerSources sources) =>
        api.MapPut("/upload", async (string name, HttpRequest request, CancellationToken cancellationToken) =>
        {
            name = BlobNames.Normalize(name);
            if (name.Length == 0 || BlobNames.Problem(name) is { } || name.StartsWith('/'))
                return Results.BadRequest($"The blob name {(name.Length == 0 ? "is empty" : BlobNames.Problem(name) ?? "begins with a slash")}. Rename the file, or choose another batch.");

            using var content = new MemoryStream((int)Math.Min(request.ContentLength ?? 0, MaxBytes));
            await request.Body.CopyToAsync(content, cancellationToken);
            content.Position = 0;
            byte[] md5 = ImageUpload.Md5Of(content);
            ImagePage present = await sources.Images.ListPageAsync(name, null, 1, cancellationToken);
            ListedImage? there = present.Images.FirstOrDefault(i => i.Name == name);
            (ImageVersion version, bool skipped) = await ImageUpload.UploadAsync(sources.Images, name, content, md5, there, cancellationToken);
            return Results.Ok(new { name, version.ETag, skipped });
        });
}
