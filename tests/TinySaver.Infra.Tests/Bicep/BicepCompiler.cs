using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace TinySaver.Infra.Tests.Bicep;

/// <summary>The real Bicep compiler, from its NuGet package.</summary>
internal static class BicepCompiler
{
    /// <summary>Why a test that needs the compiler is skipped.</summary>
    public const string WhyMissing = "The Bicep compiler's package in use here is for Linux on x64 only.";

    private static readonly Lazy<BicepServer> Server = new(() => new BicepServer(Repository.Metadata("BicepPath")));

    private static readonly ConcurrentDictionary<string, Lazy<Task<BicepBuild>>> Built = new();

    /// <summary>Whether the compiler runs on this platform.</summary>
    public static bool IsAvailable => OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64;

    /// <summary>The files that are deployed; all others are parts of them.</summary>
    public static readonly string[] EntryPoints = ["main.bicep", "large.bicep", "event-subscription.bicep"];

    /// <summary>All Bicep files, by their paths from the folder <c>infra</c>.</summary>
    public static IEnumerable<string> Files => Directory
        .EnumerateFiles(Repository.PathOf("infra"), "*.bicep", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(Repository.PathOf("infra"), path))
        .Order(StringComparer.Ordinal);

    /// <summary>Compiles and lints a file, once for all tests.</summary>
    /// <param name="file">Its path from the folder <c>infra</c>, or a whole one.</param>
    public static Task<BicepBuild> BuildAsync(string file) => Built.GetOrAdd(file, f => new(() => Task.Run(() =>
    {
        JsonElement result = Server.Value.Call("bicep/compile", new { path = Repository.PathOf("infra", f) });
        string[] diagnostics = [.. result.GetProperty("diagnostics").EnumerateArray().Select(d => d.ToString())];
        return new BicepBuild(result.GetProperty("success").GetBoolean(), diagnostics, result.TryGetProperty("contents", out JsonElement template) ? template.GetString()! : "{}");
    }))).Value;

    /// <summary>A file as the compiler would write it.</summary>
    public static string Format(string file) =>
        Server.Value.Call("bicep/format", new { path = Repository.PathOf("infra", file) }).GetProperty("contents").GetString()!;

    /// <summary>What a parameter file would deploy, as JSON.</summary>
    public static string Snapshot(string parameterFile, object metadata) =>
        Server.Value.Call("bicep/getSnapshot", new { path = parameterFile, metadata }).GetProperty("snapshot").GetString()!;
}

/// <summary>A file that was compiled.</summary>
/// <param name="Success">Whether it had no error.</param>
/// <param name="Diagnostics">Errors, warnings and what the linter found, in it and in its modules.</param>
/// <param name="Template">The ARM template.</param>
internal sealed record BicepBuild(bool Success, IReadOnlyList<string> Diagnostics, string Template)
{
    /// <summary>A part of the template, by its name.</summary>
    public JsonElement Section(string name)
    {
        using var template = JsonDocument.Parse(Template);
        return template.RootElement.GetProperty(name).Clone();
    }

    /// <summary>The names of the members of a part of the template.</summary>
    public string[] Names(string section) => [.. Section(section).EnumerateObject().Select(p => p.Name)];
}
