using TinySaver.Core.Calibration;

namespace TinySaver.Core.Tests.Calibration;

public sealed class BoundComparisonTests(ITestOutputHelper output)
{
    [Fact]
    public void UpperLimit_TypicalRates_IsTheTightestOfTheValidBounds()
    {
        var random = new Random(1);
        output.WriteLine("mean upper limit of the drop in points, true drop 0, delta 0.05; 40 draws a row");
        output.WriteLine("      n  discordant   exact  CP union  betting  Hoeffding");
        foreach (int n in (int[])[1000, 2000, 5000, 10000, 20000])
        {
            foreach (double discordance in (double[])[0.002, 0.01, 0.05])
            {
                double exact = 0, union = 0, betting = 0, hoeffding = 0;
                const int draws = 40;
                for (int i = 0; i < draws; i++)
                {
                    int losses = 0, gains = 0;
                    for (int k = 0; k < n; k++)
                    {
                        double u = random.NextDouble();
                        losses += u < discordance / 2 ? 1 : 0;
                        gains += u > 1 - (discordance / 2) ? 1 : 0;
                    }

                    exact += 100 * PairedDropTest.UpperLimit(n, losses, gains, 0.05) / draws;
                    union += 100 * OtherBounds.ClopperPearsonUnion(n, losses, gains, 0.05) / draws;
                    betting += 100 * OtherBounds.Betting(n, losses, gains, 0.05, random) / draws;
                    hoeffding += 100 * OtherBounds.Hoeffding(n, losses, gains, 0.05) / draws;
                }

                output.WriteLine($"{n,7}  {discordance,9:P1}  {exact,7:F3}  {union,8:F3}  {betting,7:F3}  {hoeffding,8:F3}");
                Assert.True(exact < union && exact < betting && exact < hoeffding, "another bound was tighter");
            }
        }
    }
}
