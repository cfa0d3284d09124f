using System.Text.Json;
using Microsoft.Azure.Functions.Worker.Core.FunctionMetadata;

namespace TinySaver.Functions.Tests;

/// <summary>What the worker tells the Functions host about an app's functions.</summary>
internal static class Bindings
{
    /// <summary>The functions by name, each with its bindings.</summary>
    public static async Task<Dictionary<string, JsonElement[]>> ReadAsync(IFunctionMetadataProvider provider) =>
        (await provider.GetFunctionMetadataAsync(AppContext.BaseDirectory)).ToDictionary(
            function => function.Name!,
            function => function.RawBindings!.Select(json => JsonDocument.Parse(json).RootElement).ToArray());

    /// <summary>A member of a binding as text; null where it has none.</summary>
    public static string? Text(this JsonElement binding, string member) =>
        binding.TryGetProperty(member, out JsonElement value) ? value.ToString() : null;
}
