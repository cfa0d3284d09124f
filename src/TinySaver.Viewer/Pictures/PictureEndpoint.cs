using System.Net.Mime;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using TinySaver.Core.Failures;

namespace TinySaver.Viewer.Pictures;

/// <summary>Pictures of images, small and large.</summary>
internal static class PictureEndpoint
{
    // A few sizes only, so that nobody fills the cache with every one: a tile, a screen, and a zoom that shows the pixels of all but the largest.
    private static readonly int[] Sides = [256, 1280, 4096];

    /// <summary>Maps them.</summary>
    public static void MapPictures(this IEndpointRouteBuilder api, PictureCache pictures) =>
        api.MapGet("/picture", async (string name, string? v, int? side, HttpResponse response, CancellationToken cancellationToken) =>
        {
            try
            {
                int longest = Sides.FirstOrDefault(s => s >= side, Sides[0]);
                byte[] picture = await pictures.GetAsync(name, string.IsNullOrEmpty(v) ? null : v, longest, cancellationToken);

                // A version never changes; only this person's browser keeps it.
                if (!string.IsNullOrEmpty(v))
                    response.Headers.CacheControl = "private, max-age=604800, immutable";

                return Results.Bytes(picture, MediaTypeNames.Image.Jpeg);
            }
            catch (PermanentFailureException e)
            {
                return Results.Text(e.Message, statusCode: StatusCodes.Status404NotFound);
            }
        });
}
