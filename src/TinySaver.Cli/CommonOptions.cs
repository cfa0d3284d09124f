using System.CommandLine;
using TinySaver.Cli.Predictions;
using TinySaver.Inference.Classification;

namespace TinySaver.Cli;

/// <summary>Options that several commands share.</summary>
internal static class CommonOptions
{
    /// <summary>The cascade policy.</summary>
    public static readonly Option<string?> Policy = new("--policy", "-p")
    {
        Description = "The cascade policy. Default: cascade.json or samples/cascade.json, here or in a folder above.",
        HelpName = "cascade.json",
    };

    /// <summary>How many images are worked on at once.</summary>
    public static readonly Option<int> Threads = new("--threads", "-t")
    {
        Description = "How many images are worked on at once; as a rule one a processor.",
        HelpName = "n",
        DefaultValueFactory = _ => Environment.ProcessorCount,
    };

    /// <summary>Where the models run.</summary>
    public static readonly Option<ExecutionProvider> Provider = new("--provider")
    {
        Description = "Where the models run.",
        DefaultValueFactory = _ => ExecutionProvider.Cpu,
    };

    /// <summary>Whether to print one JSON object instead of tables.</summary>
    public static readonly Option<bool> Json = new("--json")
    {
        Description = "Print one JSON object on standard output and nothing else; docs/cli.md lists its keys.",
    };

    /// <summary>Whether cells of CSV that a spreadsheet would take for a formula are written as they are.</summary>
    public static readonly Option<bool> PlainCsv = new("--plain-csv")
    {
        Description = "Write the cells of CSV as they are. Otherwise a text that a spreadsheet would take for a formula (it begins with =, +, -, @ or a control character) gets an apostrophe in front.",
    };

    /// <summary>Prices and workload of the money estimate.</summary>
    public static readonly Option<string?> Prices = new("--prices")
    {
        Description = "Prices and workload for the estimate of money; samples/prices.json shows every field with its default.",
        HelpName = "prices.json",
    };

    /// <summary>Where predictions that were made as needed are kept.</summary>
    public static readonly Option<string> Cache = new("--cache")
    {
        Description = "Where predictions are kept, by the content of model and images.",
        HelpName = "folder",
        DefaultValueFactory = _ => PredictionSourceOptions.DefaultCacheFolder,
    };

    /// <summary>How to predict where predictions are needed.</summary>
    public static PredictionSourceOptions PredictionSource(ParseResult arguments) => new()
    {
        CacheFolder = arguments.GetValue(Cache)!,
        Threads = arguments.GetValue(Threads),
        Provider = arguments.GetValue(Provider),
    };

    /// <summary>What a count takes, for <see cref="OptionValues"/>.</summary>
    public const string AtLeastOne = "a whole number, at least 1";

    static CommonOptions()
    {
        Threads.Takes(AtLeastOne, n => n >= 1);
        Provider.TakesName();
    }
}
