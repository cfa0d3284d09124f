using TinySaver.Core.Cascade;
using TinySaver.Core.Confidence;
using TinySaver.Core.Names;

namespace TinySaver.Core.Tests.Names;

public sealed class EnumNamesTests
{
    // These stand in people's files: a renamed value keeps its name.
    [Fact]
    public void All_NamesInPolicies_AreAsTheyWereWritten()
    {
        Assert.Equal(["max-probability", "margin", "entropy"], EnumNames.All<ConfidenceMeasure>());
        Assert.Equal(["certified", "paper", "budget", "fixed"], EnumNames.All<RuleKind>());
        Assert.Equal(["accuracy-drop", "disagreement"], EnumNames.All<RiskKind>());
    }

    [Fact]
    public void Parse_EveryName_RoundTrips() =>
        Assert.All(Enum.GetValues<ConfidenceMeasure>(), m => Assert.Equal(m, EnumNames.Parse<ConfidenceMeasure>(m.Name())));

    [Theory]
    [InlineData("energy")]
    [InlineData("Margin")]
    [InlineData("1")]
    public void Parse_UnknownName_NamesTheChoices(string name)
    {
        var error = Assert.Throws<ArgumentException>(() => EnumNames.Parse<ConfidenceMeasure>(name));
        Assert.Equal($"'{name}' is none of max-probability, margin, entropy.", error.Message);
    }

    [Fact]
    public void Name_UndefinedValue_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => ((RiskKind)7).Name());
}
