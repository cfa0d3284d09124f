using TinySaver.Calibration.Costs;
using TinySaver.Calibration.Evaluation;
using TinySaver.Calibration.Search;
using TinySaver.Core.Cascade;

namespace TinySaver.Reports.Tests;

/// <summary>Reports on seeded synthetic predictions, through the real search, evaluation and cost model.</summary>
internal static class SyntheticReports
{
    private const string LargeName = "steel-large";
    private const double LargeMacs = 4.1e9;

    private static readonly (string Name, double Skill, double Cost)[] Savers =
    [
        ("steel-tiny", 6.4, 0.06), ("mobilenet-v3-small", 5.2, 0.014), ("efficientnet-b0-int8", 6.9, 0.12), ("squeezenet", 4.6, 0.55), ("resnet-18", 6.6, 0.44),
        ("shufflenet-x0.5", 4.1, 0.01), ("tinynet-e", 3.8, 0.006),
    ];

    // A very cheap saver for the easy images and a good one for the next: the two together beat either.
    private static readonly (string Name, double Skill, double Cost)[] ChainSavers = [("steel-nano", 5.6, 0.004), ("steel-small", 7.7, 0.22)];

    /// <summary>A certified cascade with labels, tested on other images.</summary>
    public static ReportInput Certified(int samples = 4000) => Build(new CertifiedRule(), samples, labelled: true);

    /// <summary>A cascade certified by agreement alone.</summary>
    public static ReportInput LabelFree() => Build(new CertifiedRule { Epsilon = 0.02 }, 4000, labelled: false);

    /// <summary>A cascade without a guarantee.</summary>
    public static ReportInput Paper() => Build(new PaperRule(), 4000, labelled: true);

    /// <summary>Two savers before the large model.</summary>
    public static ReportInput Chain() => Build(new CertifiedRule { Epsilon = 0.015 }, 8000, labelled: true, ChainSavers, new SearchOptions { MaxSavers = 2 });

    /// <summary>A search that certifies nothing.</summary>
    public static ReportInput NoCascade() => Build(new CertifiedRule(), 150, labelled: true);

    /// <summary>A pooled cascade that is certified to be no less accurate, with answers that pooling changed.</summary>
    public static ReportInput Pooled()
    {
        ReportInput input = Certified();
        CascadeChoice choice = input.Search!.Choice!;
        return input with
        {
            Search = input.Search with { Choice = choice with { LargeWeights = [0.4, 0.9], Certificate = choice.Certificate! with { Epsilon = 0 } } },
            Test = input.Test! with
            {
                Point = input.Test.Point with { AccuracyDrop = -0.004, AccuracyCascade = input.Test.Point.AccuracyLarge + 0.004 },
                Pooled = new PooledEffect(4, 2, 1, [new(3, 0.91f, 1, 2, 1), new(7, 0.83f, 4, 5, 4), new(9, 0.6f, 2, 3, 4), new(11, 0.7f, 6, 2, 2)]),
            },
        };
    }

    /// <summary>The evaluation of a policy, without its search.</summary>
    public static ReportInput EvaluationOnly() => Certified() with { Search = null };

    private static ReportInput Build(SearchRule rule, int samples, bool labelled, (string Name, double Skill, double Cost)[]? savers = null, SearchOptions? options = null)
    {
        savers ??= Savers;
        var calibration = new SyntheticPredictions(samples, 11, savers);
        SearchResult search = CascadeSearch.Run(calibration.ToSearch(LargeName, labelled), rule, options);
        var test = new SyntheticPredictions(samples, 12, savers);
        EvaluationResult? evaluation = search.Choice is null ? null : test.Evaluate(search);
        string[] files = [.. Directory.EnumerateFiles(Path.Combine(RepositoryPaths.Samples, "images"), "*.jpg", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        var provenance = new ReportProvenance(
            "tinysaver search --large models/steel-large --saver models/steel-tiny --saver models/mobilenet-v3-small --saver models/efficientnet-b0-int8 --data data/calibration --test data/test --rule certified --epsilon 0.005 --out cascade.json --report report.html",
            new DateTimeOffset(2026, 8, 14, 9, 30, 0, TimeSpan.Zero),
            [
                new ReportDataSet("calibration", "data/calibration", samples, new string('c', 64)),
                new ReportDataSet("test", "data/test", samples, new string('d', 64)),
            ],
            [
                new ReportFact("tinysaver", "0.1.0"), new ReportFact("ONNX Runtime", "1.31.1"), new ReportFact("runtime", ".NET 10.0.0 on Linux x64"),
                new ReportFact("processor", "2 cores"), new ReportFact("seed of the split", "0"),
            ]);
        return new ReportInput(
            provenance,
            [
                new ReportModel(LargeName, "models/steel-large", LargeMacs, 41.3, new string('a', 64)),
                .. savers.Select((s, i) => new ReportModel(s.Name, $"models/{s.Name}", s.Cost * LargeMacs, 41.3 * s.Cost, new string((char)('0' + i), 64))),
            ],
            SyntheticPredictions.Labels,
            [.. Enumerable.Range(0, samples).Select(i => files[i % files.Length]).Select(f => new ReportImage(Path.GetRelativePath(RepositoryPaths.Root, f), f))],
            Warnings: [],
            file => File.Exists(file) ? "data:image/jpeg;base64," + Convert.ToBase64String(File.ReadAllBytes(file)) : null)
        {
            Search = search,
            Policy = search.Choice is { } choice ? Policy(search, choice) : null,
            Test = evaluation,
            Costs = evaluation is null ? null : CostModel.Estimate(
                new TinyWorkload(2048, 0.025, 4, 1000), new LargeWorkload(8, 56, 0.012, 0.5), evaluation.Point.ExitRate, Prices.Default),
        };
    }

    private static CascadePolicy Policy(SearchResult search, CascadeChoice choice) => new()
    {
        Savers = [.. choice.Savers.Select(s => new SaverPolicy
        {
            Model = new ModelReference("models/" + s.Saver, Macs: (long)(s.CostRatio * LargeMacs)),
            Measure = s.Measure,
            Temperature = s.Temperature,
            Threshold = s.Threshold,
        })],
        Large = new ModelReference("models/" + search.LargeModel, Macs: (long)LargeMacs),
        Rule = new PolicyRule(search.Rule, choice.Certificate?.Epsilon, choice.Certificate?.Delta),
        Guarantee = choice.Certificate is { } c
            ? new PolicyGuarantee(search.Labelled ? RiskKind.AccuracyDrop : RiskKind.Disagreement, c.Epsilon, 1 - c.Delta)
            : null,
        Calibration = choice.Calibration.Measured(accuracySaver: null),
    };
}
