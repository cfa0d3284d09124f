using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using TinySaver.Viewer.Counting;
using TinySaver.Viewer.Policies;

namespace TinySaver.Viewer.WhatIf;

/// <summary>What another threshold would have meant for the rows that there are.</summary>
internal static class WhatIfEndpoint
{
    /// <summary>Maps it.</summary>
    public static void MapWhatIf(this IEndpointRouteBuilder api, RowBook book, PolicyBook policies) =>
        api.MapGet("/what-if", async (string? batch, CancellationToken cancellationToken) => await policies.GetAsync(cancellationToken) is not { } policy
            ? Results.NotFound(policies.Problem ?? "No policy is known.")
            : book.Look((rows, texts, reviews) => WhatIfTable.Of(policy, book.Prices().Prices, rows, texts, reviews, string.IsNullOrEmpty(batch) ? null : batch)) is { } table
                ? Results.Ok(table)
                : Results.NotFound("The policy has no saver, so there is no threshold to move."));
}
