using TinySaver.Cli.Upload;
using TinySaver.Core.Failures;

namespace TinySaver.Cli.Tests.Upload;

public sealed class UploadPlanTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task FindAsync_Folder_NamesBatchByFolder()
    {
        _folder.Write("photos/a/1.jpg", "x");
        _folder.Write("photos/2.jpg", "x");
        Assert.Equal(["photos/2.jpg", "photos/a/1.jpg"], await NamesAsync("photos", batch: null));
        Assert.Equal(["b/2.jpg", "b/a/1.jpg"], await NamesAsync("photos/", "b/"));
    }

    [Fact]
    public async Task FindAsync_Glob_NamesLikeTheFolderBeforeIt()
    {
        _folder.Write("photos/a/1.jpg", "x");
        Assert.Equal(["photos/a/1.jpg"], await NamesAsync("photos/*/*.jpg", batch: null));
        Assert.Equal(["a/1.jpg"], await NamesAsync("photos/a/?.jpg", batch: null));
    }

    [Fact]
    public async Task FindAsync_File_NamesBatchByItsFolder()
    {
        _folder.Write("photos/a/1.jpg", "x");
        Assert.Equal(["a/1.jpg"], await NamesAsync("photos/a/1.jpg", batch: null));
    }

    [Fact]
    public async Task FindAsync_Manifest_NamesRelativeToIt()
    {
        _folder.Write("set/list.csv", "path\nimages/1.jpg\n../else/2.jpg\n");
        string[] names = await NamesAsync("set/list.csv", batch: null);
        Assert.Equal("set/images/1.jpg", names[0]);
        Assert.EndsWith("/else/2.jpg", names[1], StringComparison.Ordinal);
        Assert.DoesNotContain("..", names[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task FindAsync_TwoFilesOfOneName_Throws()
    {
        _folder.Write("a/in/1.jpg", "x");
        _folder.Write("b/in/1.jpg", "x");
        TinySaverException error = await Assert.ThrowsAsync<TinySaverException>(() =>
            UploadPlan.FindAsync([Full("a/in"), Full("b/in")], batch: null, TestContext.Current.CancellationToken));
        Assert.Contains("'in/1.jpg'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FindAsync_SameFolderTwice_NamesEachFileOnce()
    {
        _folder.Write("in/1.jpg", "x");
        Assert.Single(await UploadPlan.FindAsync([Full("in"), Full("in/1.jpg")], batch: null, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task FindAsync_TooLongName_Throws()
    {
        string deep = string.Join('/', Enumerable.Repeat(new string('x', 250), 4)) + "/" + new string('y', 30) + ".jpg";
        _folder.Write("in/" + deep, "x");
        TinySaverException error = await Assert.ThrowsAsync<TinySaverException>(() =>
            UploadPlan.FindAsync([Full("in")], batch: null, TestContext.Current.CancellationToken));
        Assert.Contains("1024", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bell\a.jpg", null, "control character")]
    [InlineData("escape\u001b]0;x.jpg", null, "control character")]
    [InlineData("no\uFFFF.jpg", null, "U+FFFE or U+FFFF")]
    [InlineData("1.jpg", "..", "between its slashes")]
    public async Task FindAsync_NameThatNoBlobShouldGet_SaysWhyInOneSentence(string file, string? batch, string problem)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Its files cannot have such names.");
        _folder.Write("in/" + file, "x");

        TinySaverException error = await Assert.ThrowsAsync<TinySaverException>(() => UploadPlan.FindAsync([Full("in")], batch, TestContext.Current.CancellationToken));

        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    private string Full(string path) => Path.Combine(_folder.Path, path);

    private async Task<string[]> NamesAsync(string path, string? batch) =>
        [.. (await UploadPlan.FindAsync([Full(path)], batch, TestContext.Current.CancellationToken)).Select(i => i.Name)];
}
