using System.Text.Json;

namespace TinySaver.Infra.Tests.Bicep;

/// <summary>A resource as the compiler predicts it: every expression worked out that does not need Azure.</summary>
/// <param name="Json">The resource.</param>
internal sealed record PredictedResource(JsonElement Json)
{
    /// <summary>Its resource type.</summary>
    public string Type => Json.GetProperty("type").GetString()!;

    /// <summary>Its name, with those of its parents.</summary>
    public string Name => Json.GetProperty("name").GetString()!;

    /// <summary>Its resource id.</summary>
    public string Id => Json.GetProperty("id").GetString()!;

    /// <summary>The version of its API.</summary>
    public string ApiVersion => Json.GetProperty("apiVersion").GetString()!;

    /// <summary>Its properties.</summary>
    public JsonElement Properties => Json.GetProperty("properties");

    /// <summary>A value by its path; fails with the path where it is missing.</summary>
    public JsonElement At(string path)
    {
        JsonElement current = Json;
        foreach (string segment in path.Split('.'))
        {
            Assert.True(current.TryGetProperty(segment, out JsonElement next), $"{Type} {Name} has no '{path}': '{segment}' is missing.");
            current = next;
        }

        return current;
    }

    /// <summary>Type and name, for the messages of tests.</summary>
    public override string ToString() => $"{Type} {Name}";

    /// <summary>A text by its path.</summary>
    public string Text(string path) => At(path).GetString()!;
}
