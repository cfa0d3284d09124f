using TinySaver.Calibration.Search;
using TinySaver.Core.Confidence;
using TinySaver.Core.Failures;

namespace TinySaver.Calibration.Tests.Search;

public sealed class SearchInputValidationTests
{
    private static readonly ConfidenceColumn Column = new(ConfidenceMeasure.Margin, 1, new[] { 0.1f, 0.2f });
    private static readonly SaverPredictions Saver = new("tiny", 1, new[] { 0, 1 }, [Column]);
    private static readonly SearchInput Good = new(new ModelPredictions("large", 10, new[] { 0, 1 }), [Saver], new[] { 0, 1 });

    public static TheoryData<string, string> Bad => new()
    {
        { "no images", "There are no images" },
        { "no savers", "There is no saver" },
        { "same name", "Two savers are called 'tiny'" },
        { "labels", "There are 1 values in the labels" },
        { "classes", "There are 3 values in the predictions of saver 'tiny'" },
        { "confidences", "There are 1 values in the margin confidence of saver 'tiny'" },
        { "no confidence", "Saver 'tiny' has no confidence" },
        { "nan", "In row 2, the margin confidence of saver 'tiny' is NaN" },
        { "above one", "In row 1, the margin confidence of saver 'tiny' is 1.5" },
        { "cost", "The cost of model 'tiny' is 0" },
        { "large cost", "The cost of model 'large' is NaN" },
        { "temperature", "The temperature of the margin confidence of saver 'tiny' is 0" },
        { "keys", "There are 1 values in the sample keys" },
        { "split", "The split does not divide the 2 images" },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void Check_BadInput_SaysWhatIsWrong(string what, string message)
    {
        SearchInput input = what switch
        {
            "no images" => Good with { Large = Good.Large with { Classes = default } },
            "no savers" => Good with { Savers = [] },
            "same name" => Good with { Savers = [Saver, Saver] },
            "labels" => Good with { Labels = new[] { 0 } },
            "classes" => With(Saver with { Classes = new int[3] }),
            "confidences" => With(Saver with { Confidences = [Column with { Values = new[] { 0.5f } }] }),
            "no confidence" => With(Saver with { Confidences = [] }),
            "nan" => With(Saver with { Confidences = [Column with { Values = new[] { 0.5f, float.NaN } }] }),
            "above one" => With(Saver with { Confidences = [Column with { Values = new[] { 1.5f, 0.5f } }] }),
            "cost" => With(Saver with { Cost = 0 }),
            "large cost" => Good with { Large = Good.Large with { Cost = double.NaN } },
            "temperature" => With(Saver with { Confidences = [Column with { Temperature = 0 }] }),
            "keys" => Good with { SampleKeys = new ulong[1] },
            "split" => Good with { Split = new SampleSplit([0, 1], [1]) },
            _ => throw new ArgumentOutOfRangeException(nameof(what), what, "no such case"),
        };

        TinySaverException error = Assert.Throws<TinySaverException>(() => CascadeSearch.Run(input, new PaperRule()));

        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_BadRule_IsRefused()
    {
        SearchRule[] rules =
        [
            new CertifiedRule { Epsilon = 1 }, new CertifiedRule { Epsilon = -1 }, new CertifiedRule { Delta = 1 }, new CertifiedRule { SelectionShare = 0 },
            new BudgetRule(1.1), new BudgetRule(-0.1), new BudgetRule(double.NaN), new FixedRule(double.NaN),
            new AccuracyRule(0), new AccuracyRule(1.1), new AccuracyRule(double.NaN),
        ];
        Assert.All(rules, rule => Assert.Throws<TinySaverException>(() => CascadeSearch.Run(Good, rule)));
        Assert.Throws<TinySaverException>(() => CascadeSearch.Run(Good with { Labels = default }, new PaperRule()));
        Assert.Throws<TinySaverException>(() => CascadeSearch.Run(Good, new FixedRule(0.5), new SearchOptions { MaxSavers = 2 }));
        Assert.Throws<TinySaverException>(() => CascadeSearch.Run(
            Good, new CertifiedRule { Correction = CandidateCorrection.Bonferroni }, new SearchOptions { MaxSavers = 2 }));
    }

    private static SearchInput With(SaverPredictions saver) => Good with { Savers = [saver] };
}
