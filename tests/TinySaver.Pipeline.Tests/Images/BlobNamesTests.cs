using TinySaver.Pipeline.Images;

namespace TinySaver.Pipeline.Tests.Images;

public sealed class BlobNamesTests
{
    [Theory]
    [InlineData("a\\b\\c.jpg", "a/b/c.jpg")]
    [InlineData("a/b", "a/b")]
    public void Normalize_Name_IsWhatStorageKeeps(string name, string expected) => Assert.Equal(expected, BlobNames.Normalize(name));
}
