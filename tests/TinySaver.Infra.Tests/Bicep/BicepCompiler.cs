using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace TinySaver.Infra.Tests.Bicep;

/// <summary>The real Bicep compiler, from its NuGet package.</summary>
internal static class BicepCompiler
{
    /// <summary>Why a test that needs the compiler is skipped.</summary>
    public const string WhyMissing = "The Bicep compiler's package in use here is for Linux on x64 only.";

    private static readonly ConcurrentDictionary<string, Lazy<Task<ProcessRun>>> Built = new();

    /// <summary>The compiler's program.</summary>
    public static string Program { get; } = Repository.Metadata("BicepPath");

    /// <summary>Whether the compiler runs on this platform.</summary>
    public static bool IsAvailable => OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64;

    /// <summary>The files that are deployed; all others are parts of them.</summary>
    public static readonly string[] EntryPoints = ["main.bicep", "large.bicep", "event-subscription.bicep"];

    /// <summary>All Bicep files, by their paths from the folder <c>infra</c>.</summary>
    public static IEnumerable<string> Files => Directory
        .EnumerateFiles(Repository.PathOf("infra"), "*.bicep", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(Repository.PathOf("infra"), path))
        .Order(StringComparer.Ordinal);

    /// <summary>Compiles a file to its ARM template, once for all tests.</summary>
    public static Task<ProcessRun> BuildAsync(string file) =>
        Built.GetOrAdd(file, f => new(() => RunAsync(CancellationToken.None, "build", f, "--stdout"))).Value;

    /// <summary>Runs the compiler in the folder <c>infra</c>.</summary>
    public static Task<ProcessRun> RunAsync(CancellationToken cancellationToken, params string[] arguments) =>
        ProcessRun.StartAsync(Program, arguments, Repository.PathOf("infra"), cancellationToken: cancellationToken);
}
