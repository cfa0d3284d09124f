
namespace TinySaver.Reports.Tests;

public sealed class WordingTests
{
    [Theory]
    [InlineData(0.8712, "87 %")]
    [InlineData(0.992, "99.2 %")]
    [InlineData(0.043, "4.3 %")]
    [InlineData(0.9997, "99.97 %")]
    [InlineData(1, "100 %")]
    [InlineData(0, "0 %")]
    public void Share_AnyShare_HasTheDecimalsThatItNeeds(double share, string expected) => Assert.Equal(expected, Wording.Share(share));

    [Theory]
    [InlineData(0.0023, "0.23", "+0.23", "0.23", "0.23 points")]
    [InlineData(-0.01, "1", "−1", "−1", "1 point")]
    [InlineData(0, "0", "0", "0", "0 points")]
    [InlineData(-0.000001, "0", "0", "0", "0 points")]
    public void Points_AnyDifference_IsRoundedAndSigned(double share, string points, string withSign, string drop, string unit)
    {
        Assert.Equal(points, Wording.Points(share));
        Assert.Equal(withSign, Wording.SignedPoints(share));
        Assert.Equal(drop, Wording.Drop(share));
        Assert.Equal(unit, Wording.PointsAndUnit(share));
    }

    [Theory]
    [InlineData(0.62, "0.62")]
    [InlineData(0.99871, "0.9987")]
    [InlineData(0.5, "0.50")]
    [InlineData(0, "0.00")]
    [InlineData(1, "1.00")]
    [InlineData(0.9999999, "0.9999999")]
    public void Threshold_AnyValue_TellsItsDistanceFromOne(double threshold, string expected) => Assert.Equal(expected, Wording.Threshold(threshold));

    [Theory]
    [InlineData(4.788, "$4.79")]
    [InlineData(-1234.5, "−$1,234.50")]
    public void Dollars_AnyAmount_HasCentsAndCommas(double dollars, string expected) => Assert.Equal(expected, Wording.Dollars(dollars));
}
