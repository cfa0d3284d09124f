using TinySaver.Fuzz.Images;
using TinySaver.Fuzz.Models;
using TinySaver.Fuzz.Tables;

namespace TinySaver.Fuzz;

internal static class Program
{
    public static readonly Dictionary<string, Func<FuzzTarget>> Modes = new()
    {
        ["images"] = static () => new ImageTarget(),
        ["policies"] = static () => new PolicyTarget(),
        ["configs"] = static () => new ConfigTarget(),
        ["onnx"] = static () => new OnnxTarget(),
        ["predictions-csv"] = static () => new PredictionsTarget(".csv"),
        ["predictions-parquet"] = static () => new PredictionsTarget(".parquet"),
        ["manifests-csv"] = static () => new ManifestTarget(".csv"),
        ["manifests-parquet"] = static () => new ManifestTarget(".parquet"),
        ["journals"] = static () => new JournalTarget(),
        ["prices"] = static () => new PricesTarget(),
    };

    public static int Main(string[] arguments)
    {
        try
        {
            var options = FuzzOptions.Parse(arguments, Modes.Keys);
            long faults = 0L;
            foreach ((string mode, Func<FuzzTarget> open) in Modes.Where(pair => options.Mode is FuzzOptions.All || options.Mode == pair.Key))
            {
                using FuzzTarget target = open();
                faults += new FuzzRunner(options with { Mode = mode }, target).Run();
            }

            return faults == 0 ? 0 : 1;
        }
        catch (FormatException e)
        {
            Console.Error.WriteLine($"{e.Message}\nUsage: <mode> [--count N] [--seed S] [--from I] [--save FOLDER]");
            return 2;
        }
    }
}
