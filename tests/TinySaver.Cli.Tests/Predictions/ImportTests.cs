using TinySaver.Cli.Predictions;
using TinySaver.Core.Failures;

namespace TinySaver.Cli.Tests.Predictions;

public sealed class ImportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("cat|dog|fox", "cat,dog,fox")]
    [InlineData("cat|red fox|dog", "cat, red fox ,dog")]
    [InlineData("cat|dog", "cat dog")]
    [InlineData("dog, wild|red fox", "dog, wild", "red fox")]
    [InlineData("")]
    public void ClassTexts_ListOrOneByOne_AreTheTexts(string expected, params string[] values) => Assert.Equal(expected, string.Join('|', ImportCommand.ClassTexts(values)));

    [Fact]
    public void ClassTexts_SameTextTwice_Throws() =>
        Assert.Contains("'cat' 2 times", Assert.Throws<TinySaverException>(() => ImportCommand.ClassTexts(["cat,dog,cat"])).Message);

    [Fact]
    public async Task Class_texts_become_indices_in_their_order()
    {
        _folder.Write("table.csv", "image,truth,said\na,red fox,cat\nb,cat,cat\n");
        TinySaverProcess.Result result = await TinySaverProcess.RunAsync(
            _folder.Path, "import", "table.csv", "--id", "image", "--label", "truth", "--prediction", "said", "--classes", "cat,red fox", "--macs", "3", "--out", "p.csv");
        Assert.True(result.ExitCode == 0, result.Errors);
        PredictionSet set = await PredictionFile.ReadAsync(Path.Combine(_folder.Path, "p.csv"), null, TestContext.Current.CancellationToken);
        Assert.Equal([0, 0], set.Classes);
        Assert.Equal([1, 0], set.Labels);
        Assert.Equal(3, set.Macs);
    }
}
