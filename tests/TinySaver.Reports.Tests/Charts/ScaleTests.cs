using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using TinySaver.Reports.Charts;

namespace TinySaver.Reports.Tests.Charts;

public sealed class ScaleTests
{
    [Fact]
    public void Ticks_Shares_AreRoundAndHaveAsManyDecimalsAsTheyNeed()
    {
        Assert.Equal(["0 %", "20 %", "40 %", "60 %", "80 %", "100 %"], LinearScale.OfShares(0, 1).Ticks(5).Select(t => t.Text));
        Assert.Equal(["95.0 %", "95.5 %", "96.0 %"], LinearScale.OfShares(0.9495, 0.962).Ticks(3).Select(t => t.Text));
    }

    [Fact]
    public void Ticks_AroundZero_HaveNoNegativeZero()
    {
        var scale = new LinearScale(-0.15, 0.15, (value, _) => value.ToString("F1", CultureInfo.InvariantCulture));

        Assert.Equal(["-0.1", "0.0", "0.1"], scale.Ticks(3).Select(t => t.Text));
    }

    [Fact]
    public void Ticks_AnyRange_LieWithinItAndAreNeitherFewNorMany()
    {
        Gen<(double Low, double Length, int About)> ranges =
            from low in Gen.Choose(-1000, 1000)
            from length in Gen.Choose(1, 100_000)
            from about in Gen.Choose(3, 10)
            select (low / 100.0, length / 1000.0, about);
        Prop.ForAll(Arb.From(ranges), range =>
        {
            var scale = new LinearScale(range.Low, range.Low + range.Length, (value, _) => value.ToString(CultureInfo.InvariantCulture));
            IReadOnlyList<Tick> ticks = scale.Ticks(range.About);
            Assert.InRange(ticks.Count, 1, range.About + 1);
            Assert.All(ticks, t => Assert.InRange(scale.Position(t.Value), -1e-6, 1 + 1e-6));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Position_Nines_SpacesThemEquallyAndEndsAtTheLast()
    {
        var scale = new NinesScale(4);

        Assert.Equal(0, scale.Position(0));
        Assert.Equal(0.25, scale.Position(0.9), 9);
        Assert.Equal(0.5, scale.Position(0.99), 9);
        Assert.Equal(1, scale.Position(0.99999), 9);
        Assert.Equal(1, scale.Position(1), 9);
        Assert.Equal(["0", "0.9", "0.99", "0.999", "0.9999"], scale.Ticks(3).Select(t => t.Text));
    }

    [Fact]
    public void Position_Times_AreEquallySpacedByTheirRatioAndMarkedInKnownUnits()
    {
        var scale = new TimeScale(1_000);

        Assert.Equal([0, 0.25, 0.5, 1], new[] { 0.1, 1, 10, 1_000 }.Select(s => Math.Round(scale.Position(s), 9)));
        Assert.Equal(0, scale.Position(0));
        Assert.Equal(["100 ms", "1 s", "10 s", "1 min", "10 min"], scale.Ticks(3).Select(t => t.Text));
    }

    [Fact]
    public void Position_Categories_StartsAtTheTop()
    {
        var scale = new CategoryScale(["a", "b"]);

        Assert.Equal(0.75, scale.Position(0));
        Assert.Equal(0.25, scale.Position(1));
    }
}
