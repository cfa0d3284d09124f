using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using TinySaver.Core.Labels;

namespace TinySaver.Core.Tests.Labels;

public sealed partial class LabelKeysTests
{
    // Names from the characters that trouble keys, URLs and orders, and from any UTF-16 unit, lone surrogates included.
    private static readonly Gen<string> Names =
        from length in Gen.Choose(1, 40)
        from units in Gen.Frequency(
            (4, Gen.Elements("abzABZ059/\\#?.-_~ %+'\"&\t\n\u007f\u0085äé中😀".ToCharArray())),
            (1, Gen.Choose(0, 0xFFFF).Select(u => (char)u))).ArrayOf(length)
        select new string(units);

    [Theory]
    [InlineData("cat.jpg", "cat.2Ejpg")]
    [InlineData("belt/IMG_0001.JPG", "belt.2FIMG_5F0001.2EJPG")]
    [InlineData("A a#?\\", "A41.20a.23A3F_5C")]
    [InlineData("日😀", "~65E5~D83D~DE00")]
    public void RowKey_KnownName_IsTheEncodingOfTheContract(string name, string key) => Assert.Equal(key, LabelKeys.RowKey(name));

    [Fact]
    public void PartitionKey_NameInFolder_IsBatchDashTwoDigitsOfItsHash()
    {
        // sha256("belt/a.jpg") and sha256("a.jpg"), computed with sha256sum.
        Assert.Equal("belt-ce", LabelKeys.PartitionKey("belt/a.jpg"));
        Assert.Equal("_-50", LabelKeys.PartitionKey("a.jpg"));
        Assert.Equal("_-35", LabelKeys.PartitionKey("/a.jpg"));
    }

    [Fact]
    public void RowKey_ShortNames_KeepTheirOrderAndDiffer() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(5_000),
        Prop.ForAll(Arb.From(Names), Arb.From(Names), (a, b) =>
            Math.Sign(string.CompareOrdinal(a, b)) ==
            Math.Sign(string.CompareOrdinal(LabelKeys.RowKey(a), LabelKeys.RowKey(b)))));

    [Fact]
    public void Keys_AnyName_AreShortAndOfUnreservedCharacters() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(1_000),
        Prop.ForAll(Arb.From(Names), Arb.From(Gen.Choose(1, 60)), (name, times) =>
        {
            string repeated = string.Concat(Enumerable.Repeat(name, times));
            string row = LabelKeys.RowKey(repeated);
            string partition = LabelKeys.PartitionKey(repeated);
            return row.Length is > 0 and <= LabelKeys.MaxLength && Unreserved().IsMatch(row)
                && partition.Length <= LabelKeys.MaxLength && Unreserved().IsMatch(partition);
        }));

    [Fact]
    public void RowKey_LongNames_DifferInTheirLastCharacterAndFollowTheirPrefix()
    {
        string folder = string.Join('/', Enumerable.Repeat("é", 500));
        string first = LabelKeys.RowKey(folder + "1");
        string second = LabelKeys.RowKey(folder + "2");

        Assert.NotEqual(first, second);
        Assert.True(first.Length <= LabelKeys.MaxLength);
        Assert.True(string.CompareOrdinal(LabelKeys.RowKey("é/é"), first) < 0);
    }

    [Fact]
    public void RowKey_LongestUncutName_IsNotCut()
    {
        string name = new('b', LabelKeys.MaxLength);

        Assert.Equal(name, LabelKeys.RowKey(name));
        Assert.Contains("~~", LabelKeys.RowKey(name + "b"), StringComparison.Ordinal);
        Assert.Equal(LabelKeys.MaxLength, LabelKeys.RowKey(name + "b").Length);
    }

    [Fact]
    public void PartitionKey_LongestUncutBatch_LeavesRoomForItsSuffix()
    {
        string longest = new('b', LabelKeys.MaxLength - "-00".Length);

        Assert.StartsWith($"{longest}-", LabelKeys.PartitionKey($"{longest}/a"), StringComparison.Ordinal);
        Assert.Contains("~~", LabelKeys.PartitionKey($"{longest}b/a"), StringComparison.Ordinal);
        Assert.Equal(LabelKeys.MaxLength, LabelKeys.PartitionKey($"{longest}b/a").Length);
    }

    [Fact]
    public void PartitionRange_AnyTwoNames_HoldsExactlyItsBatch() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(5_000),
        Prop.ForAll(Arb.From(Names), Arb.From(Names), (a, b) =>
        {
            (string first, string last) = LabelKeys.PartitionRange(LabelKeys.Folder(a));
            string key = LabelKeys.PartitionKey(b);
            bool inRange = string.CompareOrdinal(first, key) <= 0 && string.CompareOrdinal(key, last) <= 0;
            return inRange == string.Equals(LabelKeys.Folder(a), LabelKeys.Folder(b), StringComparison.Ordinal);
        }));

    [Theory]
    [InlineData("a/b", "a")]
    [InlineData("a", null)]
    [InlineData("/a", null)]
    [InlineData("_/a", "_")]
    public void Folder_Name_IsItsFirstSegment(string name, string? folder)
    {
        Assert.Equal(folder, LabelKeys.Folder(name));
        Assert.NotEqual(LabelKeys.PartitionRange("_"), LabelKeys.PartitionRange(null));
    }

    [GeneratedRegex(@"\A[A-Za-z0-9._~-]+\z")]
    private static partial Regex Unreserved();
}
