using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Azure.Core;

namespace TinySaver.Cli.Doctor;

/// <summary>Azure Resource Manager's REST interface, as far as the doctor reads it.</summary>
/// <param name="http">Its connections.</param>
/// <param name="credential">Who asks.</param>
/// <param name="endpoint">Its address; another one in sovereign clouds.</param>
internal sealed class ResourceManager(HttpClient http, TokenCredential credential, Uri endpoint)
{
    /// <summary>The address in the public cloud.</summary>
    public const string PublicEndpoint = "https://management.azure.com";

    // One for the whole visit: each may start the Azure CLI.
    private readonly Lazy<Task<AccessToken>> _token = new(() =>
        credential.GetTokenAsync(new TokenRequestContext([$"{endpoint.GetLeftPart(UriPartial.Authority)}/.default"]), CancellationToken.None).AsTask());

    /// <summary>Its address.</summary>
    public Uri Endpoint => endpoint;

    /// <summary>Reads a resource.</summary>
    /// <exception cref="ResourceManagerException">Azure refuses it, or there is none.</exception>
    public Task<JsonElement> GetAsync(string path, string version, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, With(path, version), body: null, cancellationToken);

    /// <summary>Asks for what is only given to a POST: keys and the answers of queries.</summary>
    /// <inheritdoc cref="GetAsync"/>
    public Task<JsonElement> PostAsync(string path, string version, object? body, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, With(path, version), body, cancellationToken);

    /// <summary>Reads a list, page by page.</summary>
    /// <inheritdoc cref="GetAsync"/>
    public async Task<IReadOnlyList<JsonElement>> ListAsync(string path, string version, CancellationToken cancellationToken)
    {
        var all = new List<JsonElement>();
        for (Uri? next = With(path, version); next is not null;)
        {
            JsonElement page = await SendAsync(HttpMethod.Get, next, body: null, cancellationToken);
            all.AddRange(page.Items("value"));

            // The token goes to nobody else.
            next = Uri.TryCreate(page.Text("nextLink"), UriKind.Absolute, out Uri? link) && link.Authority == endpoint.Authority ? link : null;
        }

        return all;
    }

    private Uri With(string path, string version) => new(endpoint, $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}api-version={version}");

    private async Task<JsonElement> SendAsync(HttpMethod method, Uri address, object? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, address);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", (await _token.Value.WaitAsync(cancellationToken)).Token);
        request.Content = body is null ? null : JsonContent.Create(body);
        using HttpResponseMessage response = await http.SendAsync(request, cancellationToken);
        string text = await response.Content.ReadAsStringAsync(cancellationToken);
        JsonElement json = default;
        try
        {
            json = JsonDocument.Parse(text).RootElement;
        }
        catch (JsonException) when (!response.IsSuccessStatusCode)
        {
            // Told by its status.
        }

        return response.IsSuccessStatusCode
            ? json
            : throw new ResourceManagerException((int)response.StatusCode, json.Text("error", "code"), json.Text("error", "message").Split('\n')[0].Trim());
    }
}

/// <summary>What Resource Manager answered instead of what was asked for.</summary>
internal sealed class ResourceManagerException(int status, string code, string message) : Exception($"Azure answered {status} {code}: {message}")
{
    public int Status => status;

    public string Code => code;
}

/// <summary>Reads JSON in which anything may be missing.</summary>
internal static class JsonReading
{
    /// <summary>The value at a path; undefined where there is none.</summary>
    public static JsonElement At(this JsonElement json, params ReadOnlySpan<string> path)
    {
        foreach (string name in path)
            json = json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out JsonElement next) ? next : default;

        return json;
    }

    /// <summary>The text at a path; empty where there is none.</summary>
    public static string Text(this JsonElement json, params ReadOnlySpan<string> path) =>
        json.At(path) is var value && value.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null ? "" : value.ToString();

    /// <summary>The number at a path; 0 where there is none.</summary>
    public static double Number(this JsonElement json, params ReadOnlySpan<string> path) =>
        json.At(path) is { ValueKind: JsonValueKind.Number } value ? value.GetDouble() : 0;

    /// <summary>The time at a path; the first of all times where there is none.</summary>
    public static DateTimeOffset Time(this JsonElement json, params ReadOnlySpan<string> path) =>
        DateTimeOffset.TryParse(json.Text(path), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) ? time : default;

    /// <summary>The items of the list at a path; none where there is no list.</summary>
    public static IReadOnlyList<JsonElement> Items(this JsonElement json, params ReadOnlySpan<string> path) =>
        json.At(path) is { ValueKind: JsonValueKind.Array } list ? [.. list.EnumerateArray()] : [];
}
