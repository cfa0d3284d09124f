using TinySaver.Core.Cascade;
using TinySaver.Core.Confidence;

namespace TinySaver.Core.Tests.Cascade;

public sealed class CascadePolicyJsonTests
{
    private const string Minimal = """
        {
          "version": 1,
          "savers": [ { "model": { "folder": "models/tiny" }, "measure": "margin", "threshold": 0.5 } ],
          "large": { "folder": "models/large" }
        }
        """;

    private static string Hash(char digit) => new(digit, 64);

    private static CascadePolicy Full() => new()
    {
        Savers =
        [
            new()
            {
                Model = new("models/tiny", Sha256: Hash('a'), Macs: 12),
                Measure = ConfidenceMeasure.Entropy,
                Temperature = 1.5f,
                Threshold = 0.875,
            },
        ],
        Large = new("models/large", "onnx/model_fp16.onnx", Hash('b'), Macs: 345),
        Rule = new(RuleKind.Certified, Epsilon: 0.005, Delta: 0.05),
        Guarantee = new(RiskKind.AccuracyDrop, Bound: 0.005, Confidence: 0.95, Method: "test"),
        Calibration = new(4000, null, AccuracyLarge: 0.97, AccuracyCascade: 0.969, AccuracyDrop: -0.001, null, ExitRate: 0.8, DeltaC: -0.77),
        Provenance = new() { Command = "tinysaver search <a> & b", Tool = "0.1.0", Seed = 7 },
    };

    [Fact]
    public void Parse_WhatWriteWrote_IsTheSamePolicy()
    {
        CascadePolicy policy = Full();
        string json = CascadePolicyJson.Write(policy);
        CascadePolicy read = CascadePolicyJson.Parse(json, "cascade.json");
        Assert.Equal(policy.Savers, read.Savers);
        Assert.Equal(policy with { Savers = read.Savers }, read with { Savers = read.Savers });
        Assert.Equal(json, CascadePolicyJson.Write(read));
        Assert.Contains("<a> & b", json);
    }

    [Fact]
    public void Models_AreInTheOrderInWhichTheySeeAnImageAndNotWrittenTwice()
    {
        Assert.Equal(["tiny", "large"], Full().Models.Select(m => m.Name));
        Assert.DoesNotContain("\"models\"", CascadePolicyJson.Write(Full()), StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_HandWrittenMinimum_HasDefaults()
    {
        CascadePolicy policy = CascadePolicyJson.Parse(Minimal, "cascade.json");
        Assert.Equal(1f, policy.Savers[0].Temperature);
        Assert.Null(policy.Savers[0].Model.Sha256);
        Assert.Equal("tiny", policy.Savers[0].Model.Name);
        Assert.Equal(12, policy.Id.Length);
    }

    [Fact]
    public void Parse_NoSavers_IsLargeOnly() =>
        Assert.Empty(CascadePolicyJson.Parse("""{"version":1,"savers":[],"large":{"folder":"l"}}""", "p").Savers);

    [Theory]
    [InlineData("\"version\": 1", "\"version\": 4", "'version' is 4")]
    [InlineData("\"version\": 1", "\"version\": \"1\"", "'version' is \"1\"")]
    [InlineData("\"version\": 1,", "", "'version' is missing")]
    [InlineData("\"threshold\": 0.5", "\"threshold\": 1.5", "'savers[0].threshold' is 1.5; expected a number from 0 to 1")]
    [InlineData("\"threshold\": 0.5", "\"threshold\": \"high\"", "'savers[0].threshold' has a value of the wrong kind")]
    [InlineData(", \"threshold\": 0.5", "", "lacks 'threshold'")]
    [InlineData("\"models/large\"", "\"models/large\", \"macs\": 1.5", "'large.macs' has a value of the wrong kind")]
    [InlineData("\"threshold\"", "\"treshold\": 1, \"threshold\"", "'savers[0].treshold' is not one that version 1 knows")]
    [InlineData("\"margin\"", "\"energy\"", "'savers[0].measure': 'energy' is none of max-probability, margin, entropy")]
    [InlineData("\"threshold\": 0.5", "\"threshold\": 0.5, \"temperature\": 0", "'savers[0].temperature' is 0")]
    [InlineData("\"models/tiny\"", "\"/models/tiny\"", "'savers[0].model.folder' is '/models/tiny'")]
    [InlineData("\"models/tiny\"", "\"models\\\\tiny\"", "forward slashes")]
    [InlineData("\"models/tiny\"", "\"\"", "'savers[0].model.folder' is empty")]
    [InlineData("\"models/tiny\"", "\"a\\u0000b\"", "expected a path relative to the policy with forward slashes")]
    [InlineData("\"large\":", "\"ver\\ud800\": 1, \"large\":", "a field's name is not Unicode text")]
    [InlineData("\"models/large\"", "\"models/large\", \"sha256\": \"ABC\"", "'large.sha256' is 'ABC'; expected 64")]
    [InlineData("\"models/large\" }", "\"models/large\" }, \"rule\": { \"name\": \"magic\" }", "'rule.name': 'magic' is none of certified, paper, budget, accuracy, fixed")]
    [InlineData("\"models/large\" }", "\"models/large\" }, \"rule\": { \"name\": \"Certified\" }", "'rule.name': 'Certified' is none of")]
    [InlineData("\"models/large\" }", "\"models/large\" }, \"rule\": { \"name\": 0 }", "'rule.name' has a value of the wrong kind")]
    [InlineData("\"models/large\" }", "\"models/large\" }, \"rule\": { \"name\": \"certified\", \"delta\": 2 }", "'rule.delta' is 2")]
    [InlineData("\"models/large\" }", "\"models/large\" }, \"rule\": { \"name\": \"fixed\", \"escalationRate\": 1e999 }", "'rule.escalationRate' has a value of the wrong kind")]
    [InlineData("\"models/large\" }", "\"models/large\" }, \"guarantee\": { \"risk\": \"harm\", \"bound\": 0.1, \"confidence\": 0.9 }", "'guarantee.risk': 'harm' is none of accuracy-drop, disagreement")]
    [InlineData("\"models/large\" }", "\"models/large\" }, \"guarantee\": { \"risk\": \"disagreement\", \"bound\": 0.1, \"confidence\": 1.5 }", "'guarantee.confidence' is 1.5")]
    [InlineData("\"models/large\" }", "\"models/large\" }, \"test\": { \"samples\": 9, \"exitRate\": -0.5, \"deltaC\": 0 }", "'test.exitRate' is -0.5")]
    [InlineData("\"models/large\" }", "\"models/large\" }, \"calibration\": { \"samples\": 0, \"exitRate\": 0, \"deltaC\": 0 }", "'calibration.samples' is 0")]
    [InlineData("\"savers\": [", "\"savers\": [ null, ", "'savers[0]' is null")]
    [InlineData("}", "", "not valid JSON at line")]
    public void Parse_ImpossiblePolicy_NamesTheField(string old, string replacement, string expected)
    {
        string json = Minimal.Replace(old, replacement, StringComparison.Ordinal);
        Assert.NotEqual(Minimal, json);
        InvalidPolicyException error = Assert.Throws<InvalidPolicyException>(() => CascadePolicyJson.Parse(json, "some/cascade.json"));
        Assert.StartsWith("some/cascade.json: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message);
    }

    [Fact]
    public void Id_OnlyMeasurementsDiffer_IsTheSame()
    {
        CascadePolicy policy = Full();
        Assert.Equal(policy.Id, (policy with { Calibration = null, Rule = null }).Id);
    }

    [Fact]
    public void Id_WhateverDecidesLabelsDiffers_IsAnother()
    {
        CascadePolicy policy = Full();
        SaverPolicy saver = policy.Savers[0];
        CascadePolicy[] others =
        [
            policy with { Savers = [saver with { Threshold = 0.876 }] },
            policy with { Savers = [saver with { Temperature = 1.6f }] },
            policy with { Savers = [saver with { Measure = ConfidenceMeasure.Margin }] },
            policy with { Savers = [saver with { Model = saver.Model with { Sha256 = Hash('c') } }] },
            policy with { Savers = [saver with { Model = saver.Model with { Sha256 = null, Folder = "models/other" } }] },
            policy with { Savers = [saver, saver] },
            policy with { Savers = [] },
            policy with { Large = policy.Large with { Sha256 = Hash('c') } },
        ];
        string[] ids = [policy.Id, .. others.Select(p => p.Id)];
        Assert.Equal(ids.Length, ids.Distinct().Count());
    }

    [Fact]
    public void Write_PolicyThatPools_IsVersion2AndReadsBackTheSame()
    {
        CascadePolicy policy = Chain([0.25, 1.5], [0.125, 0, 1]);
        string json = CascadePolicyJson.Write(policy);
        Assert.Contains("\"version\": 2", json, StringComparison.Ordinal);
        CascadePolicy read = CascadePolicyJson.Parse(json, "cascade.json");
        Assert.True(read.Pools);
        Assert.Equal([0.25, 1.5], read.Savers[1].Weights!);
        Assert.Equal([0.125, 0, 1], read.LargeWeights!);
        Assert.Equal(policy.Id, read.Id);
        Assert.Equal(json, CascadePolicyJson.Write(read));
        Assert.Contains("\"version\": 1", CascadePolicyJson.Write(Chain(null, null)), StringComparison.Ordinal);
    }

    [Fact]
    public void Write_PolicyThatCountsClasses_IsVersion3AndReadsBackTheSame()
    {
        CascadePolicy policy = Chain(null, null) with { Test = new(100, null, null, null, null, 0.01, 0.9, -0.8) { Classes = new Dictionary<int, int> { [0] = 60, [7] = 30 } } };
        string json = CascadePolicyJson.Write(policy);
        Assert.Contains("\"version\": 3", json, StringComparison.Ordinal);
        CascadePolicy read = CascadePolicyJson.Parse(json, "cascade.json");
        Assert.Equal(policy.Test!.Classes!, read.Test!.Classes!);
        Assert.Equal(policy.Id, read.Id);
        Assert.Contains("which knows no counts of classes", Refusal(json.Replace("\"version\": 3", "\"version\": 2", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains("'test.classes' is of 90 images", Refusal(json.Replace("\"samples\": 100", "\"samples\": 89", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_Version2WithoutWeights_IsTheSamePolicyAsVersion1()
    {
        CascadePolicy one = CascadePolicyJson.Parse(Minimal, "cascade.json");
        CascadePolicy two = CascadePolicyJson.Parse(Minimal.Replace("\"version\": 1", "\"version\": 2", StringComparison.Ordinal), "cascade.json");
        Assert.False(two.Pools);
        Assert.Equal(one.Id, two.Id);
    }

    [Fact]
    public void Id_OfEachWeight_IsAnother() =>
        Assert.Equal(5, new[] { Chain(null, null), Chain([0.5, 1], null), Chain(null, [0.5, 0, 1]), Chain([0.5, 1], [0.5, 0, 1]), Chain([0.25, 1], [0.5, 0, 1]) }.Select(p => p.Id).Distinct().Count());

    [Fact]
    public void Parse_Version1WithWeights_IsRefused() => Assert.Contains(
        "the field 'version' is 1, which knows no weights",
        Refusal(CascadePolicyJson.Write(Chain([1, 1], null)).Replace("\"version\": 2", "\"version\": 1", StringComparison.Ordinal)),
        StringComparison.Ordinal);

    [Theory]
    [InlineData(new[] { 1.0 }, null, "'savers[1].weights' is a list of 1; expected 2 weights")]
    [InlineData(new[] { 1.0, -0.5 }, null, "'savers[1].weights' is -0.5; expected weights from 0 to 1000")]
    [InlineData(null, new[] { 1.0, 1.0 }, "'largeWeights' is a list of 2; expected 3 weights")]
    [InlineData(null, new[] { 0.0, 0.0, 0.0 }, "'largeWeights' is all 0")]
    public void Parse_WeightsThatCannotBeMeant_AreRefusedByTheirField(double[]? second, double[]? large, string message) =>
        Assert.Contains(message, Refusal(CascadePolicyJson.Write(Chain(second, large))), StringComparison.Ordinal);

    [Fact]
    public void Parse_WeightsOfTheFirstSaver_AreRefused()
    {
        CascadePolicy policy = Chain(null, null);
        policy = policy with { Savers = [policy.Savers[0] with { Weights = [1] }] };
        Assert.Contains("'savers[0].weights' is set; expected no weights", Refusal(CascadePolicyJson.Write(policy)), StringComparison.Ordinal);
    }

    private static string Refusal(string json) => Assert.Throws<InvalidPolicyException>(() => CascadePolicyJson.Parse(json, "cascade.json")).Message;

    private static CascadePolicy Chain(double[]? second, double[]? large) => new()
    {
        Savers =
        [
            new() { Model = new("models/tiny"), Measure = ConfidenceMeasure.Margin, Threshold = 0.5 },
            new() { Model = new("models/middle"), Measure = ConfidenceMeasure.MaxProbability, Threshold = 0.75, Weights = second },
        ],
        Large = new("models/large"),
        LargeWeights = large,
    };
}
