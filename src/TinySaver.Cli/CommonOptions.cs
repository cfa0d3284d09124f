using System.CommandLine;
using TinySaver.Cli.Output;
using TinySaver.Cli.Predictions;
using TinySaver.Core.Failures;
using TinySaver.Inference.Classification;

namespace TinySaver.Cli;

/// <summary>What several commands share: options, and how a command comes to run.</summary>
internal static class CommonOptions
{
    /// <summary>The cascade policy.</summary>
    public static readonly Option<string?> Policy = new("--policy", "-p")
    {
        Description = "The cascade policy. Default: cascade.json or samples/cascade.json, here or in a folder above.",
        HelpName = "cascade.json",
    };

    /// <summary>How many images are worked on at once.</summary>
    public static readonly Option<int> Threads = new Option<int>("--threads", "-t")
    {
        Description = "How many images are worked on at once; as a rule one a processor.",
        HelpName = "n",
        DefaultValueFactory = _ => Environment.ProcessorCount,
    }.Takes(AtLeastOne, n => n >= 1);

    /// <summary>Where the models run.</summary>
    public static readonly Option<ExecutionProvider> Provider = new Option<ExecutionProvider>("--provider")
    {
        Description = "Where the models run.",
        DefaultValueFactory = _ => ExecutionProvider.Cpu,
    }.TakesName();

    /// <summary>Whether to print one JSON object instead of tables.</summary>
    public static readonly Option<bool> Json = new("--json") { Description = "Print one JSON object on standard output and nothing else; docs/cli.md lists its keys." };

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

    /// <summary>A person's labels of some of the images.</summary>
    public static readonly Option<string?> Reviews = new("--reviews")
    {
        Description = "True labels of some images, which stand above those of the data: a filled review list, or any .csv or .parquet file with the columns path and label or class_index; or those given in `tinysaver view`: "
            + "'storage' for the account that other commands take without --storage, or a storage account as --storage takes it, with #BATCH after it where the batch is not called as the folder of the data.",
        HelpName = "file|storage",
    };

    /// <summary>How to predict where predictions are needed, and what they are labelled by.</summary>
    public static PredictionSourceOptions PredictionSource(ParseResult arguments) =>
        new(arguments.GetValue(Cache)!, arguments.GetValue(Threads), arguments.GetValue(Provider), Reviews: arguments.GetValue(Reviews));

    /// <summary>The policy that was named, or else the first found in this folder or one above it.</summary>
    /// <exception cref="TinySaverException">None was named and none is found.</exception>
    public static string FindPolicy(ParseResult arguments) => FindPolicy(arguments.GetValue(Policy));

    /// <inheritdoc cref="FindPolicy(ParseResult)"/>
    public static string FindPolicy(string? named)
    {
        if (named is not null)
            return named;

        string here = Directory.GetCurrentDirectory();
        for (string? folder = here; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (PolicyPlaces.Select(p => Path.Combine(folder, p)).FirstOrDefault(File.Exists) is { } found)
                return Path.GetRelativePath(here, found);
        }

        throw new TinySaverException("There is no cascade.json here or in a folder above; name one with --policy, or let `tinysaver search` write one.");
    }

    /// <summary>The command with what it does, whose exit code is what that returns, and with more options after those that it has.</summary>
    public static Command Running(
        this Command command, Terminal terminal, Func<Terminal, ParseResult, CancellationToken, Task<int>> run, params IReadOnlyList<Option> more)
    {
        foreach (Option option in more)
            command.Add(option);

        command.SetAction((arguments, cancellationToken) => run(terminal, arguments, cancellationToken));
        return command;
    }

    /// <summary>What a count takes, for <see cref="OptionValues"/>.</summary>
    public const string AtLeastOne = "a whole number, at least 1";

    private static readonly string[] PolicyPlaces = ["cascade.json", "samples/cascade.json"];
}
