using FsCheck;
using FsCheck.Fluent;
using TinySaver.Inference.Models;

namespace TinySaver.Inference.Tests.Models;

public sealed class LabelSetTests
{
    [Fact]
    public void MapTo_EqualListsWithRepeatedText_IsEmpty()
    {
        int[] map = new LabelSet(["crane", "dog", "crane"]).MapTo(new LabelSet(["crane", "dog", "crane"]), "tiny", "large");

        Assert.Empty(map);
    }

    [Fact]
    public void MapTo_OtherOrder_MapsByText()
    {
        int[] map = new LabelSet(["a", "b", "c"]).MapTo(new LabelSet(["c", "a", "b"]), "tiny", "large");

        Assert.Equal([1, 2, 0], map);
    }

    [Fact]
    public void MapTo_AnyPermutation_LeadsToTheSameText() => Prop.ForAll(
        ArbMap.Default.ArbFor<int>(),
        ArbMap.Default.ArbFor<PositiveInt>(),
        static (seed, size) =>
        {
            string[] texts = [.. Enumerable.Range(0, size.Get).Select(i => $"label {i}")];
            string[] shuffled = [.. texts];
            new System.Random(seed).Shuffle(shuffled);
            int[] map = new LabelSet(texts).MapTo(new LabelSet(shuffled), "tiny", "large");
            return Enumerable.Range(0, texts.Length).All(i => shuffled[map.Length == 0 ? i : map[i]] == texts[i]);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void MapTo_OtherOrderWithRepeatedText_IsRefused()
    {
        string message = Assert.Throws<InvalidModelException>(
            () => new LabelSet(["crane", "dog", "crane"]).MapTo(new LabelSet(["dog", "crane", "crane"]), "tiny", "large")).Message;

        Assert.Contains("'crane' occurs more than once", message, StringComparison.Ordinal);
    }

    [Fact]
    public void MapTo_OtherLabels_NamesBothDifferences()
    {
        string message = Assert.Throws<InvalidModelException>(
            () => new LabelSet(["a", "b", "x"]).MapTo(new LabelSet(["a", "b", "y", "z"]), "tiny", "large")).Message;

        Assert.Contains("'tiny' (3 labels) and 'large' (4 labels)", message, StringComparison.Ordinal);
        Assert.Contains("only in 'tiny': 'x'; only in 'large': 'y', 'z'", message, StringComparison.Ordinal);
    }

    [Fact]
    public void MapTo_TextOnceAndTwice_IsRefused()
    {
        string message = Assert.Throws<InvalidModelException>(
            () => new LabelSet(["crane", "dog"]).MapTo(new LabelSet(["crane", "dog", "crane"]), "tiny", "large")).Message;

        Assert.Contains("none only in 'tiny'; only in 'large': 'crane'", message, StringComparison.Ordinal);
    }

    [Fact]
    public void MapTo_ManyDifferences_MessageStaysShort()
    {
        string message = Assert.Throws<InvalidModelException>(() => new LabelSet(Enumerable.Range(0, 1000).Select(i => $"{i} {new string('x', 500)}"))
            .MapTo(new LabelSet(["a"]), "tiny", "large")).Message;

        Assert.Contains("and 995 more", message, StringComparison.Ordinal);
        Assert.True(message.Length < 700, message);
    }

    [Fact]
    public void Constructor_NoTexts_IsRefused() => Assert.Throws<InvalidModelException>(() => new LabelSet([]));
}
