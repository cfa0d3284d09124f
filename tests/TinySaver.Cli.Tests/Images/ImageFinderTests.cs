using TinySaver.Cli.Images;
using TinySaver.Core.Failures;

namespace TinySaver.Cli.Tests.Images;

public sealed class ImageFinderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private async Task<string[]> FindAsync(params string[] arguments) =>
        [.. (await ImageFinder.FindAsync([.. arguments.Select(a => Path.Combine(_folder.Path, a))], TestContext.Current.CancellationToken))
            .Select(i => Path.GetRelativePath(_folder.Path, i.FullPath).Replace('\\', '/'))];

    [Fact]
    public async Task FindAsync_Folder_FindsEveryVisibleFileInOrder()
    {
        _folder.Write("b/2.jpg", "x");
        _folder.Write("a/1.jpg", "x");
        _folder.Write("a/notes.txt", "x");
        _folder.Write("a/.hidden", "x");
        _folder.Write(".git/3.jpg", "x");
        _folder.Write("Thumbs.db", "x");
        Assert.Equal(["a/1.jpg", "a/notes.txt", "b/2.jpg"], await FindAsync(""));
    }

    [Fact]
    public async Task FindAsync_HiddenFolderNamedByTheUser_IsSearched()
    {
        _folder.Write(".cache/1.jpg", "x");
        Assert.Equal([".cache/1.jpg"], await FindAsync(".cache"));
    }

    [Fact]
    public async Task FindAsync_SameFileTwice_ListsItOnce()
    {
        _folder.Write("a/1.jpg", "x");
        Assert.Equal(["a/1.jpg"], await FindAsync("a/1.jpg", "a"));
    }

    [Fact]
    public async Task FindAsync_Glob_MatchesAcrossFolders()
    {
        _folder.Write("a/1.jpg", "x");
        _folder.Write("a/b/2.jpg", "x");
        _folder.Write("a/b/3.png", "x");
        Assert.Equal(["a/1.jpg", "a/b/2.jpg"], await FindAsync("a/**/*.jpg"));
    }

    [Theory]
    [InlineData("?.jpg", "1.jpg", "2.jpg")]
    [InlineData("a/?.jpg", "a/1.jpg")]
    [InlineData("?/*.jp?g", "a/5.jpeg")]
    [InlineData("**/?.jpg", "1.jpg", "2.jpg", "[x]y/1.jpg", "a/1.jpg", "a/b/2.jpg")]
    [InlineData("a/**", "a/1.jpg", "a/5.jpeg", "a/b/2.jpg", "a/b/c d/33.png")]
    [InlineData("a/**/c ?/*", "a/b/c d/33.png")]
    [InlineData("[x]*/*", "[x]y/1.jpg")]
    public async Task FindAsync_Wildcards_MatchAsInAShell(string glob, params string[] expected)
    {
        foreach (string file in (string[])["1.jpg", "2.jpg", "33.jpg", "a/1.jpg", "a/5.jpeg", "a/b/2.jpg", "a/b/c d/33.png", "[x]y/1.jpg"])
            _folder.Write(file, "x");
        // A folder in itself.
        Directory.CreateSymbolicLink(Path.Combine(_folder.Path, "a", "b", "again"), Path.Combine(_folder.Path, "a"));
        Assert.Equal(expected, await FindAsync(glob));
    }

    [Theory]
    [InlineData("missing.jpg", "neither a file nor a folder")]
    [InlineData("nowhere/*.jpg", "there is no folder")]
    [InlineData("*.gif", "holds no images")]
    public async Task FindAsync_NothingThere_SaysWhichArgument(string argument, string expected)
    {
        TinySaverException error = await Assert.ThrowsAsync<TinySaverException>(() => FindAsync(argument));
        Assert.Contains(argument, error.Message);
        Assert.Contains(expected, error.Message);
    }

    [Fact]
    public async Task FindAsync_FileInAClassFolder_SuggestsItsLabel()
    {
        string path = _folder.Write("scratches/1.jpg", "x");
        ImageFile image = Assert.Single(await ImageFinder.FindAsync([path], TestContext.Current.CancellationToken));
        Assert.Equal(("scratches", false), (image.TrueLabel, image.FromManifest));
    }

    [Fact]
    public async Task FindAsync_Manifest_GivesPathsLabelsAndIndices()
    {
        string manifest = _folder.Write("set.csv", "path,label,class_index\nimages/1.png,\"jeep, landrover\",609\nimages/2.png,,\n");
        IReadOnlyList<ImageFile> images = await ImageFinder.FindAsync([manifest], TestContext.Current.CancellationToken);
        Assert.Equal(["images/1.png", "images/2.png"], images.Select(i => i.Path));
        Assert.Equal(Path.Combine(_folder.Path, "images/1.png"), images[0].FullPath);
        Assert.Equal(("jeep, landrover", 609), (images[0].TrueLabel, images[0].TrueClassIndex));
        Assert.Equal(((string?)null, (int?)null), (images[1].TrueLabel, images[1].TrueClassIndex));
    }

    [Theory]
    [InlineData("file,label\na,b\n", "the column 'path' is missing; the columns are file, label")]
    [InlineData("path,class_index\na.png,x\n", "data row 1 has the class_index 'x'")]
    [InlineData("path,label\na.png,b\n,c\n", "data row 2 has no path")]
    [InlineData("path,label\na.png\n", "line 2 has 1 fields; the header has 2")]
    [InlineData("", "the file is empty")]
    public async Task FindAsync_BrokenManifest_NamesTheRow(string text, string expected)
    {
        string manifest = _folder.Write("set.csv", text);
        TinySaverException error = await Assert.ThrowsAsync<TinySaverException>(() => ImageFinder.FindAsync([manifest], TestContext.Current.CancellationToken));
        Assert.Contains(expected, error.Message);
    }
}
