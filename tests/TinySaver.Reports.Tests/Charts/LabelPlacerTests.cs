using FsCheck;
using FsCheck.Fluent;
using TinySaver.Reports.Charts;

namespace TinySaver.Reports.Tests.Charts;

public sealed class LabelPlacerTests
{
    private static readonly Box Area = new(0, 0, 300, 200);

    [Fact]
    public void Place_AnyPoints_NeverOverlapsOrLeavesTheArea()
    {
        Gen<(double X, double Y, double Width)[]> points = (
            from x in Gen.Choose(0, 300)
            from y in Gen.Choose(0, 200)
            from width in Gen.Choose(10, 120)
            select ((double)x, (double)y, (double)width)).ArrayOf(12);
        Prop.ForAll(Arb.From(points), wishes =>
        {
            var placer = new LabelPlacer(Area);
            var placed = new List<Box>();
            foreach ((double x, double y, double width) in wishes)
            {
                if (placer.Place([(x, y)], width, beside: false) is not (Box box, _))
                    continue;

                Assert.True(Area.Holds(box));
                Assert.DoesNotContain(placed, box.Overlaps);
                placed.Add(box);
            }

            Assert.NotEmpty(placed);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Place_RoomBesideALine_KeepsOffTheLine()
    {
        var placer = new LabelPlacer(Area);
        var line = new Box(100, 98, 200, 4);
        placer.Avoid(line);

        Box box = placer.Place([(150, 100)], 40, beside: false)!.Value.Box;

        Assert.False(box.Overlaps(line));
    }

    [Fact]
    public void Place_LinesEverywhere_PutsTheLabelOnThem()
    {
        var placer = new LabelPlacer(Area);
        placer.Avoid(Area);

        Assert.NotNull(placer.Place([(150, 100)], 40, beside: false));
    }

    [Fact]
    public void Place_NoRoomAtAll_ReturnsNull()
    {
        var placer = new LabelPlacer(Area);
        placer.Take(Area);

        Assert.Null(placer.Place([(150, 100)], 40, beside: false));
    }
}
