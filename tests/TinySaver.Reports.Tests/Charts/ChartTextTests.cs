using FsCheck;
using FsCheck.Fluent;
using TinySaver.Reports.Charts;

namespace TinySaver.Reports.Tests.Charts;

public sealed class ChartTextTests
{
    [Fact]
    public void Fit_ShortText_StaysAsItIs() => Assert.Equal("pits", ChartText.Fit("pits", 100));

    [Fact]
    public void Fit_LongText_EndsInAnEllipsisWithinTheWidth()
    {
        string fitted = ChartText.Fit("Chesapeake Bay retriever", 80);

        Assert.Matches("^Chesapea.*…$", fitted);
        Assert.True(ChartText.Width(fitted) <= 80);
    }

    [Fact]
    public void Fit_AnyText_CutsNoCharacterInTwo() => Prop.ForAll<NonNull<string>, PositiveInt>((text, width) =>
    {
        // Text that is whole to begin with.
        string whole = string.Concat(text.Get.EnumerateRunes()) + "👩‍🔬é漢字";
        string fitted = ChartText.Fit(whole, width.Get);
        Assert.All(fitted.EnumerateRunes(), rune => Assert.True(rune != System.Text.Rune.ReplacementChar || whole.Contains('\uFFFD', StringComparison.Ordinal)));
    }).QuickCheckThrowOnFailure();
}
