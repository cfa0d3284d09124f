using TinySaver.Cli.Images;
using TinySaver.Core.Failures;

namespace TinySaver.Cli.Tests.Images;

public sealed class TrueClassTests
{
    private readonly TrueClass _trueClass = new(["none", "scratches", "crane", "crane"]);

    private static ImageFile Image(string? label, int? index = null, bool fromManifest = false) => new("a.png", "/a.png", label, index, fromManifest);

    [Fact]
    public void Of_FolderNamedAsALabel_IsThatClass() => Assert.Equal(1, _trueClass.Of(Image("Scratches")));

    [Fact]
    public void Of_FolderOfAnotherName_IsUnknown() => Assert.Null(_trueClass.Of(Image("holiday")));

    [Fact]
    public void Of_FolderNamedAsTwoClasses_IsUnknown() => Assert.Null(_trueClass.Of(Image("crane")));

    [Fact]
    public void Of_ManifestIndex_WinsOverItsText() => Assert.Equal(3, _trueClass.Of(Image("crane", 3, fromManifest: true)));

    [Theory]
    [InlineData("rust", null, "'rust' is none of the model's 4 labels ('none', 'scratches'")]
    [InlineData("crane", null, "two classes labelled 'crane'; add the column class_index")]
    [InlineData("none", 4, "class_index is 4, but the model has the classes 0 to 3")]
    public void Of_ManifestNamesNoClass_IsRefused(string label, int? index, string expected)
    {
        TinySaverException error = Assert.Throws<TinySaverException>(() => _trueClass.Of(Image(label, index, fromManifest: true)));
        Assert.Contains(expected, error.Message);
    }
}
