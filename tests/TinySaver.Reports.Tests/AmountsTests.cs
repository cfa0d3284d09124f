namespace TinySaver.Reports.Tests;

public sealed class AmountsTests
{
    [Theory]
    [InlineData(0.0456, "45.6 ms")]
    [InlineData(5.678, "5.68 s")]
    [InlineData(89.9, "89.9 s")]
    [InlineData(90, "1.5 min")]
    [InlineData(5_399, "90.0 min")]
    [InlineData(5_400, "1.5 h")]
    public void Time_Seconds_AreInTheUnitThatPeopleTake(double seconds, string text) => Assert.Equal(text, Amounts.Time(seconds));

    [Theory]
    [InlineData(0, "0:00:00")]
    [InlineData(3_599, "0:59:59")]
    [InlineData(108_309, "30:05:09")]
    public void Duration_OfAnyLength_IsHoursMinutesAndSeconds(int seconds, string text) => Assert.Equal(text, Amounts.Duration(TimeSpan.FromSeconds(seconds)));
}
