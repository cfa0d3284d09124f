using TinySaver.Cli.Costs;
using TinySaver.Core.Failures;

namespace TinySaver.Cli.Tests.Costs;

public sealed class MoneySettingsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_SamplePrices_AreTheDefaults() =>
        Assert.Equal(new MoneySettings(), MoneySettings.Read(Path.Combine(RepositoryPaths.Samples, "prices.json")));

    [Theory]
    [InlineData("""{ "tinyMemory": 1 }""", "'tinyMemory'")]
    [InlineData("""{ "imagesPerActivity": "many" }""", "'imagesPerActivity'")]
    [InlineData("""{ "tinyWaitingMilliseconds": 1e999 }""", "'tinyWaitingMilliseconds'")]
    [InlineData("{", "line 1")]
    public void Read_UnusableFile_NamesTheField(string json, string expected) =>
        Assert.Contains(expected, Assert.Throws<TinySaverException>(() => MoneySettings.Read(_folder.Write("prices.json", json))).Message);

    [Fact]
    public void Tiny_CpuBound_TakesAsLongAsAllInTurn() =>
        // 20 ms of CPU, 8 in flight, 1 vCPU: each image waits for the seven others.
        Assert.Equal(0.160, new MoneySettings().Tiny(20).SecondsPerImage, 9);

    [Fact]
    public void Tiny_WaitBound_TakesItsOwnTime() => Assert.Equal(0.062, new MoneySettings().Tiny(2).SecondsPerImage, 9);
}
