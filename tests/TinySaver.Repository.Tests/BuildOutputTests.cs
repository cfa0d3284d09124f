using System.Runtime.InteropServices;
using System.Text.Json;

namespace TinySaver.Repository.Tests;

/// <summary>What eng/Natives.targets leaves of the native packages: read from this test's own output, which holds the whole command.</summary>
public sealed class BuildOutputTests
{
    [Fact]
    public void Build_CopiesNativesOfThisMachineOnly()
    {
        string machine = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux";
        string[] meant = [machine, $"{machine}-{RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}"];
        string runtimes = Path.Combine(AppContext.BaseDirectory, "runtimes");

        string[] natives = [.. Directory.EnumerateFiles(runtimes, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(runtimes, file).Replace('\\', '/'))
            .Where(file => file.Contains("/native/", StringComparison.Ordinal))];

        Assert.Contains(natives, file => file.Contains("SkiaSharp", StringComparison.Ordinal));
        Assert.Contains(natives, file => file.Contains("onnxruntime", StringComparison.Ordinal));
        Assert.All(natives, file => Assert.Contains(file.Split('/')[0], meant));
        Assert.All(natives, file => Assert.Contains(Path.GetExtension(file), (string[])[".so", ".dylib", ".dll"]));
    }

    [Fact]
    public void DependenciesFile_NamesNativesOfEveryMeantPlatformAndNoOther()
    {
        using var dependencies = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "TinySaver.Repository.Tests.deps.json")));
        HashSet<string> platforms = [.. dependencies.RootElement.GetProperty("targets").EnumerateObject()
            .SelectMany(framework => framework.Value.EnumerateObject())
            .Where(package => package.Value.TryGetProperty("runtimeTargets", out _))
            .SelectMany(package => package.Value.GetProperty("runtimeTargets").EnumerateObject())
            .Where(file => file.Value.GetProperty("assetType").GetString() == "native")
            .Select(file => file.Value.GetProperty("rid").GetString()!)];

        Assert.Equal(["linux-arm64", "linux-x64", "osx", "osx-arm64", "win-arm64", "win-x64"], platforms.Order(StringComparer.Ordinal));
    }
}
