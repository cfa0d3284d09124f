using TinySaver.Pipeline.Images;

namespace TinySaver.Pipeline.Tests.Images;

public sealed class BlobNamesTests
{
    [Theory]
    [InlineData("a\\b\\c.jpg", "a/b/c.jpg")]
    [InlineData("a/b", "a/b")]
    public void Normalize_Name_IsWhatStorageKeeps(string name, string expected) => Assert.Equal(expected, BlobNames.Normalize(name));

    [Theory]
    [InlineData("a/../b", "between its slashes")]
    [InlineData("./b", "between its slashes")]
    [InlineData("a/..", "between its slashes")]
    [InlineData("a\u0001b", "control character")]
    [InlineData("a\nb", "control character")]
    [InlineData("a\u001b[2Jb", "control character")]
    [InlineData("a\u0085b", "control character")]
    [InlineData("a\uFFFEb", "U+FFFE")]
    [InlineData("a\uFFFFb", "U+FFFE")]
    [InlineData("a..b/.c/d./... e", null)]
    [InlineData("ümläut 猫 🦊#%?", null)]
    public void Problem_Name_IsWhatKeepsOthersFromUsingIt(string name, string? expected)
    {
        string? problem = BlobNames.Problem(name);

        Assert.Equal(expected is null, problem is null);
        Assert.Contains(expected ?? "", problem ?? "", StringComparison.Ordinal);
        Assert.Equal(expected == "between its slashes", BlobNames.IsOutOfReach(name));
    }

    [Fact]
    public void Problem_LongName_SaysHowLong()
    {
        Assert.Null(BlobNames.Problem(new string('n', 1024)));
        Assert.Contains("1025 characters", BlobNames.Problem(new string('n', 1025)), StringComparison.Ordinal);
    }
}
