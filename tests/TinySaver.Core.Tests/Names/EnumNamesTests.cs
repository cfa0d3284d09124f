using System.Text.Json;
using TinySaver.Core.Cascade;
using TinySaver.Core.Confidence;
using TinySaver.Core.Failures;
using TinySaver.Core.Labels;
using TinySaver.Core.Names;

namespace TinySaver.Core.Tests.Names;

public sealed class EnumNamesTests
{
    // These stand in people's files: a renamed value keeps its name.
    [Fact]
    public void All_NamesInPolicies_AreAsTheyWereWritten()
    {
        Assert.Equal(["max-probability", "margin", "entropy"], EnumNames.All<ConfidenceMeasure>());
        Assert.Equal(["certified", "paper", "budget", "accuracy", "fixed"], EnumNames.All<RuleKind>());
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
        FormatException error = Assert.Throws<FormatException>(() => EnumNames.Parse<ConfidenceMeasure>(name));
        Assert.Equal($"'{name}' is none of max-probability, margin, entropy", error.Message);
    }

    // Rows, metrics and scripts have these: none may ever change.
    [Fact]
    public void Name_OfWhatRowsHold_IsTheDeclaredOne()
    {
        Assert.Equal(
            [
                "empty", "not-an-image", "unsupported-format", "too-many-bytes", "too-many-pixels", "damaged", "bad-model-output",
                "unreadable", "deleted", "superseded", "unusable-name", "retries-exhausted", "malformed-message", "unknown",
            ],
            Enum.GetValues<FailureReason>().Select(r => r.Name()));
        Assert.Equal(["Escalated", "Failed", "Labelled"], Enum.GetValues<LabelStatus>().Select(s => s.Name()));
        Assert.Equal(["tiny", "large"], Enum.GetValues<Decider>().Select(d => d.Name()));
    }

    [Fact]
    public void Find_NameOfAValue_IsTheValue()
    {
        Assert.All(Enum.GetValues<FailureReason>(), reason => Assert.Equal(reason, EnumNames.Find<FailureReason>(reason.Name())));
        Assert.Null(EnumNames.Find<FailureReason>("NotAnImage"));
        Assert.Equal(Decider.Large, EnumNames.Parse<Decider>("large"));
        Assert.Equal("'Large' is none of tiny, large", Assert.Throws<FormatException>(() => EnumNames.Parse<Decider>("Large")).Message);
    }

    [Fact]
    public void Name_UndeclaredMember_IsItsOwn_AndUndefinedValueIsRefused()
    {
        Assert.Equal("Friday", DayOfWeek.Friday.Name());
        Assert.Throws<ArgumentOutOfRangeException>(() => ((Decider)7).Name());
    }

    [Fact]
    public void Serialize_WhatRowsHold_HasTheSameNames()
    {
        Assert.Equal("\"not-an-image\"", JsonSerializer.Serialize(FailureReason.NotAnImage));
        Assert.Equal("\"Labelled\"", JsonSerializer.Serialize(LabelStatus.Labelled));
        Assert.Equal("\"tiny\"", JsonSerializer.Serialize(Decider.Tiny));
    }
}
