namespace TinySaver.Reports.Tests;

public sealed class AmountsTests
{
    [Theory]
    [InlineData(0, "0:00:00")]
    [InlineData(3_599, "0:59:59")]
    [InlineData(108_309, "30:05:09")]
    public void Duration_OfAnyLength_IsHoursMinutesAndSeconds(int seconds, string text) => Assert.Equal(text, Amounts.Duration(TimeSpan.FromSeconds(seconds)));
}
