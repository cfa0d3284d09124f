using TinySaver.Calibration.Costs;
using TinySaver.Cli.Costs;
using TinySaver.Core.Failures;

namespace TinySaver.Fuzz.Tables;

/// <summary>Damaged prices files: refused in one sentence, or good for an estimate.</summary>
internal sealed class PricesTarget : FuzzTarget
{
    private static readonly byte[] Sound = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Samples", "prices.json"));

    private readonly string _path = Path.Combine(Directory.CreateTempSubdirectory("tinysaver-fuzz-").FullName, "prices.json");

    public override string Extension => ".json";

    public override string Try(Random random)
    {
        Input = Mutator.Damage(Sound, Sound, Sound.Length, random);
        File.WriteAllBytes(_path, Input);
        try
        {
            var money = MoneySettings.Read(_path);
            CostModel.Estimate(money.Tiny(2), money.Large(20), 0.5, money.Prices);
            return "read";
        }
        catch (TinySaverException)
        {
            return "refused";
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        Directory.Delete(Path.GetDirectoryName(_path)!, recursive: true);
    }
}
