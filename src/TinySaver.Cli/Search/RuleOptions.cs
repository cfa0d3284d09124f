using System.CommandLine;
using TinySaver.Calibration.Search;
using TinySaver.Core.Cascade;
using TinySaver.Core.Failures;
using TinySaver.Core.Names;

namespace TinySaver.Cli.Search;

/// <summary>The options that say how thresholds are chosen, and the rule that they make. All that the command line knows of single rules is here.</summary>
internal static class RuleOptions
{
    /// <summary>The seed of every division of the images.</summary>
    public static readonly Option<int> Seed = new("--seed") { Description = "The seed of the divisions of the images. Trying several and keeping the best voids the guarantee.", HelpName = "n" };

    private static readonly Option<string> Rule = new("--rule") { Description = "How the threshold is chosen; docs/calibration.md explains.", DefaultValueFactory = _ => RuleKind.Certified.Name() };

    private static readonly Option<double> Epsilon = new("--epsilon") { Description = "certified: the largest accuracy drop (without labels: disagreement) as a share; 0.005 is half a point, 0 no drop, -0.01 a point more accurate.", HelpName = "share", DefaultValueFactory = _ => CertifiedRule.DefaultEpsilon };

    private static readonly Option<double> Delta = new("--delta") { Description = "certified: the probability with which the promise may fail.", HelpName = "share", DefaultValueFactory = _ => CertifiedRule.DefaultDelta };

    private static readonly Option<double?> MaxEscalation = new("--max-escalation") { Description = "budget: the largest share of images that may be escalated.", HelpName = "share" };

    private static readonly Option<double?> MaxCompute = new("--max-compute") { Description = "accuracy: the most compute as a share of the large model's.", HelpName = "share" };

    private static readonly Option<double?> Threshold = new("--threshold") { Description = "fixed: the threshold.", HelpName = "share" };

    static RuleOptions()
    {
        Seed.Takes("a whole number");
        Rule.AcceptOnlyFromAmong([.. EnumNames.All<RuleKind>()]);

        // The rules know the ranges of these.
        Epsilon.Takes("a share, such as 0.005");
        Delta.Takes("a share, such as 0.05");
        MaxEscalation.Takes("a share, such as 0.2");
        MaxCompute.Takes("a share, such as 0.5");
        Threshold.Takes("a share, such as 0.9");
    }

    /// <summary>The options in the order of the help.</summary>
    public static IReadOnlyList<Option> All => [Seed, Rule, Epsilon, Delta, MaxEscalation, MaxCompute, Threshold];

    /// <summary>The rule that a command line asks for.</summary>
    /// <exception cref="TinySaverException">The rule needs an option that is not there.</exception>
    public static SearchRule Of(ParseResult arguments)
    {
        return EnumNames.Parse<RuleKind>(arguments.GetRequiredValue(Rule)) switch
        {
            RuleKind.Certified => new CertifiedRule { Epsilon = arguments.GetValue(Epsilon), Delta = arguments.GetValue(Delta), Seed = (ulong)arguments.GetValue(Seed) },
            RuleKind.Paper => new PaperRule(),
            RuleKind.Budget => new BudgetRule(Needed(MaxEscalation, "the largest share of images that may be escalated")),
            RuleKind.Accuracy => new AccuracyRule(Needed(MaxCompute, "the most compute as a share of the large model's")),
            RuleKind.Fixed => new FixedRule(Needed(Threshold, "the exit threshold of every saver")),
            var other => throw new InvalidOperationException($"The rule {other.Name()} has no options."),
        };

        double Needed(Option<double?> option, string meaning) => arguments.GetValue(option)
            ?? throw new TinySaverException($"The rule {arguments.GetValue(Rule)} needs {option.Name}, {meaning}.");
    }
}
