using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using TinySaver.Calibration.Evaluation;
using TinySaver.Calibration.Search;
using TinySaver.Core.Cascade;
using TinySaver.Core.Confidence;

namespace TinySaver.Reports.Tests;

public sealed class ReportWriterTests
{
    public static TheoryData<string> Variants => ["certified", "label-free", "paper", "chain", "no-cascade", "evaluation", "untested"];

    [Theory]
    [MemberData(nameof(Variants))]
    public void Write_EveryVariant_ReferencesNothingOutside(string variant)
    {
        var report = new ReportDocument(Input(variant));

        string without = report.Text.Replace($"xmlns=\"{ReportDocument.Svg}\"", "", StringComparison.Ordinal);

        Assert.DoesNotContain("http:", without, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("https:", without, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("url(", without, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("@import", without, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<script", without, StringComparison.OrdinalIgnoreCase);
        Assert.Empty(report.Root.Descendants("link"));
        Assert.All(report.Images, source => Assert.StartsWith("data:image/jpeg;base64,", source, StringComparison.Ordinal));
        Assert.All(report.Root.Descendants().Attributes("href"), href => Assert.StartsWith("#", href.Value, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void Write_EveryVariant_HasChartsWithMarksTitlesAndFiniteCoordinates(string variant)
    {
        var report = new ReportDocument(Input(variant));

        Assert.NotEmpty(report.Charts);
        Assert.All(report.Charts, chart =>
        {
            Assert.Contains(chart.Descendants(), e => ReportDocument.HasClass(e, "mark"));
            Assert.NotEmpty(chart.Element(ReportDocument.Svg + "title")!.Value);
            Assert.NotEmpty(chart.Element(ReportDocument.Svg + "desc")!.Value);
            string[] described = ((string)chart.Attribute("aria-labelledby")!).Split(' ');
            Assert.Equal(described, chart.Elements().Attributes("id").Select(a => a.Value));
            string[] numbers = [.. chart.Descendants().Attributes()
                .Where(a => a.Name.LocalName is "x" or "y" or "x1" or "y1" or "x2" or "y2" or "cx" or "cy" or "r" or "width" or "height" or "points")
                .SelectMany(a => a.Value.Split(' ', ','))];
            Assert.All(numbers, n => Assert.True(double.IsFinite(double.Parse(n, CultureInfo.InvariantCulture)), n));
        });
        string[] ids = [.. report.Root.Descendants().Attributes("id").Select(a => a.Value)];
        Assert.Equal(ids.Length, ids.Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void Write_EveryVariant_SaysNothingUndefined(string variant)
    {
        var report = new ReportDocument(Input(variant));

        Assert.DoesNotContain("NaN", report.Prose, StringComparison.Ordinal);
        Assert.DoesNotContain("∞", report.Prose, StringComparison.Ordinal);
        Assert.DoesNotContain("-0", report.Charts.SelectMany(c => c.Descendants(ReportDocument.Svg + "text")).Select(t => t.Value));
        Assert.Empty(Regex.Matches(report.Prose, @"(?<![\d.,])1 (points|images|candidates)\b").Select(m => m.Value));
    }

    [Fact]
    public void Write_CertifiedSearch_AnswersInOneSentenceWithTheTestSetsFigures()
    {
        ReportInput input = SyntheticReports.Certified();
        var report = new ReportDocument(input);
        OperatingPoint test = input.Test!.Point;

        Assert.Equal(
            $"Saves {Wording.Share(-test.DeltaC)} of compute at {Wording.Points(test.AccuracyDrop!.Value)} points of accuracy, certified ≤ 0.5 with 95 % confidence",
            report.Answer);
        Assert.Equal("good", report.Tone);
        Assert.Equal(
            ["All savers", "Cheaper or better", "The threshold", "Confidence", "Classes", "Costliest mistakes", "Money", "Candidates", "How to reproduce"], report.Sections);
        Assert.Contains(input.Policy!.Id, report.Prose, StringComparison.Ordinal);
        Assert.Contains(input.Provenance.Command, report.Root.Descendants("code").Select(c => c.Value));
    }

    [Fact]
    public void Write_WithoutLabels_SpeaksOfAgreementAndNotOfAccuracy()
    {
        var report = new ReportDocument(SyntheticReports.LabelFree());

        Assert.Matches(@"^Saves \d+ % of compute and answers as steel-large does on [\d.]+ % of images, disagreement certified ≤ 2 % with 95 % confidence$", report.Answer);
        Assert.DoesNotContain("Classes", report.Sections);
        Assert.Contains("Surest disagreements", report.Sections);
        Assert.DoesNotContain("accuracy drop", report.Prose, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(report.Charts, c => c.Value.Contains("Accuracy", StringComparison.Ordinal));
    }

    [Fact]
    public void Write_NothingCertified_SaysSoWhyAndWhatWouldHelp()
    {
        ReportInput input = SyntheticReports.NoCascade();
        var report = new ReportDocument(input);

        Assert.StartsWith("No cascade", report.Answer, StringComparison.Ordinal);
        Assert.NotEqual("good", report.Tone);
        Assert.Contains(input.Search!.NoCascade!.Explanation, report.Prose, StringComparison.Ordinal);
        Assert.Equal(["All savers", "Cheaper or better", "The threshold", "Candidates", "How to reproduce"], report.Sections);
        Assert.Contains("nothing is above the large model's accuracy", report.Prose, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_RuleWithoutGuarantee_DoesNotClaimOne()
    {
        var report = new ReportDocument(SyntheticReports.Paper());

        Assert.EndsWith("without a guarantee", report.Answer, StringComparison.Ordinal);
        Assert.Equal("unsure", report.Tone);
        Assert.DoesNotContain("certified ≤", report.Prose, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Write_TestImagesThatBreakThePromise_SaysSoInTheAnswer()
    {
        ReportInput input = SyntheticReports.Certified();
        EvaluationResult test = input.Test! with
        {
            Guarantee = new GuaranteeCheck(RiskKind.AccuracyDrop, 0.005, 0.05, 0.02, new Interval(0.011, 0.03, 0.95), GuaranteeVerdict.Broken),
        };
        var report = new ReportDocument(input with { Test = test });

        Assert.EndsWith("but the test images break the promise", report.Answer, StringComparison.Ordinal);
        Assert.Equal("bad", report.Tone);
    }

    [Fact]
    public void Write_Untested_SaysThatFiguresAreOfTheCalibrationImages()
    {
        var report = new ReportDocument(Input("untested"));

        Assert.Contains("expect slightly worse on others", report.Prose, StringComparison.Ordinal);
        Assert.DoesNotContain("Costliest mistakes", report.Sections);
    }

    [Fact]
    public void Write_EvaluationAlone_TakesTheCascadeFromThePolicy()
    {
        ReportInput input = SyntheticReports.EvaluationOnly();
        var report = new ReportDocument(input);

        Assert.Contains("certified ≤ 0.5 with 95 % confidence", report.Answer, StringComparison.Ordinal);
        Assert.Contains(input.Policy!.Savers[0].Model.Name, report.Prose, StringComparison.Ordinal);
        Assert.DoesNotContain("Candidates", report.Sections);
    }

    [Fact]
    public void Write_Chain_NamesBothSaversInOrder()
    {
        ReportInput input = SyntheticReports.Chain();
        Assert.Equal(2, input.Search!.Choice!.Savers.Count);

        string lead = new ReportDocument(input).Root.Descendants("p").First(p => ReportDocument.HasClass(p, "lead")).Value;

        Assert.Matches($"{input.Search.Choice.Savers[0].Saver}.*{input.Search.Choice.Savers[1].Saver}.*steel-large", lead);
    }

    [Fact]
    public void Write_HostileTexts_StayTexts()
    {
        const string hostile = "<script>alert(1)</script> \"&' \u0001 \ud800 </style>";
        ReportInput input = SyntheticReports.Certified();
        input = input with
        {
            Search = input.Search! with
            {
                LargeModel = hostile,
                Candidates = [.. input.Search.Candidates.Select(c => c with { Saver = hostile + c.Saver })],
                Choice = input.Search.Choice! with { Savers = [.. input.Search.Choice.Savers.Select(s => s with { Saver = hostile + s.Saver })] },
            },
            Test = input.Test! with { Savers = [.. input.Test.Savers.Select(s => s with { Name = hostile })] },
            Labels = [.. input.Labels.Select(l => hostile + l)],
            TestImages = [.. input.TestImages.Select(i => i with { Name = hostile })],
            Warnings = [hostile],
            Models = [new ReportModel(hostile, hostile, 1, 1, hostile)],
            Provenance = new ReportProvenance(
                hostile, input.Provenance.CreatedAt, [new ReportDataSet(hostile, hostile, 1, hostile)], [new ReportFact(hostile, hostile)]),
        };

        var report = new ReportDocument(input);

        Assert.DoesNotContain(report.Root.DescendantsAndSelf(), e => e.Name.LocalName == "script");
        Assert.Single(report.Root.Descendants("style"));
        Assert.DoesNotContain("<script", report.Text, StringComparison.OrdinalIgnoreCase);
        string[] code = [.. report.Root.Descendants("pre").Select(p => p.Value)];
        Assert.Equal([hostile.Replace('\u0001', '\ufffd').Replace('\ud800', '\ufffd')], code);
    }

    [Fact]
    public void Write_Mistakes_ShowsAtMostTwelvePictures()
    {
        ReportInput input = SyntheticReports.Chain();
        Assert.True(input.Test!.Mistakes.Count > 12);

        var report = new ReportDocument(input);

        Assert.Equal(12, report.Images.Length);
    }

    [Fact]
    public void Write_MistakesWithoutReadableImages_ListsThemNevertheless()
    {
        ReportInput input = SyntheticReports.Certified();
        input = input with { TestImages = [.. input.TestImages.Select((_, i) => new ReportImage($"sample-{i}", i % 2 == 0 ? null : "/nowhere/at-all.jpg"))] };

        var report = new ReportDocument(input);

        Assert.Empty(report.Images);
        Assert.Contains($"sample-{input.Test!.Mistakes[0].Row}", report.Prose, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_Money_ShowsTotalsAndBreakEven()
    {
        ReportInput input = SyntheticReports.Certified();
        string prose = new ReportDocument(input).Prose;

        Assert.Contains(Wording.Dollars(input.Costs!.LargeOnlyPerMillion), prose, StringComparison.Ordinal);
        Assert.Contains(Wording.Dollars(input.Costs.CascadePerMillion), prose, StringComparison.Ordinal);
        Assert.Contains("pays from an exit rate of", prose, StringComparison.Ordinal);
        Assert.Contains("2026-08-01", prose, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_ManySaversAndClasses_KeepsChartsReadable()
    {
        ReportInput input = SyntheticReports.Certified();
        ClassRow row = input.Test!.Classes[0];
        input = input with
        {
            Labels = [],
            Test = input.Test with
            {
                Classes = [.. Enumerable.Range(0, 1000).Select(i => row with { Class = i, AccuracyDrop = (i - 500) / 1000.0 })],
            },
        };

        var report = new ReportDocument(input);
        XElement[] bars = [.. report.Charts.Single(c => ((string)c.Attribute("aria-labelledby")!).StartsWith("classes-wide", StringComparison.Ordinal))
            .Descendants().Where(e => ReportDocument.HasClass(e, "bar"))];

        Assert.Equal(14, bars.Length);
        Assert.Contains("class 999", report.Prose, StringComparison.Ordinal);
        Assert.Equal(200 + 1, report.Root.Descendants("details").Single().Descendants("tr").Count());
    }

    [Fact]
    public void Write_SaverThatNeverDiffersFromTheLargeModel_StillHasAxes()
    {
        int[] classes = [.. Enumerable.Range(0, 50).Select(i => i % 5)];
        float[] confidences = [.. Enumerable.Range(0, 50).Select(i => i / 50f)];
        var search = new SearchInput(
            new ModelPredictions("large", 10, classes),
            [new SaverPredictions("twin", 1, classes, [new ConfidenceColumn(ConfidenceMeasure.Margin, 1, confidences)])],
            classes);
        var report = new ReportDocument(new ReportInput(
            new ReportProvenance("tinysaver search", default, [], []), [], [], [], [], Search: CascadeSearch.Run(search, new FixedRule(0.5))));

        Assert.Equal("Saves 40 % of compute without a loss of accuracy, without a guarantee", report.Answer);
        Assert.DoesNotContain("NaN", report.Text, StringComparison.Ordinal);
        Assert.All(report.Charts, chart => Assert.True(chart.Descendants().Count(e => ReportDocument.HasClass(e, "tick")) >= 4));
    }

    [Fact]
    public void Write_NeitherSearchNorPolicy_Throws()
    {
        var input = new ReportInput(new ReportProvenance("", default, [], []), [], [], [], []);

        Assert.Contains("needs a search or a policy", Assert.Throws<ArgumentException>(() => ReportWriter.Write(input)).Message, StringComparison.Ordinal);
    }

    private static ReportInput Input(string variant) => variant switch
    {
        "certified" => SyntheticReports.Certified(),
        "label-free" => SyntheticReports.LabelFree(),
        "paper" => SyntheticReports.Paper(),
        "chain" => SyntheticReports.Chain(),
        "no-cascade" => SyntheticReports.NoCascade(),
        "evaluation" => SyntheticReports.EvaluationOnly(),
        "untested" => SyntheticReports.Certified() with { Test = null, Costs = null },
        _ => throw new ArgumentOutOfRangeException(nameof(variant), variant, "No such report."),
    };
}
