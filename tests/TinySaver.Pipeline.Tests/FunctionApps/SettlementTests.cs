using TinySaver.Core.Failures;
using TinySaver.Pipeline.FunctionApps;
using TinySaver.Pipeline.Stages;

namespace TinySaver.Pipeline.Tests.FunctionApps;

public sealed class SettlementTests
{
    public static TheoryData<EscalationOutcome> Outcomes => [.. Enum.GetValues<EscalationOutcome>()];

    [Theory]
    [MemberData(nameof(Outcomes))]
    public void Of_EveryOutcomeButRetry_Completes(EscalationOutcome outcome) =>
        Assert.Equal(outcome == EscalationOutcome.Retry ? Settlement.Abandon : Settlement.Complete, Settlement.Of(new EscalationResult(outcome)));

    [Fact]
    public void DeadLetter_LongMessage_IsCutToWhatServiceBusTakes()
    {
        Settlement settlement = Settlement.DeadLetter(new PermanentFailureException(FailureReason.MalformedMessage, new string('x', 5_000)));

        Assert.Equal((SettlementKind.DeadLetter, "malformed-message", 4_096), (settlement.Kind, settlement.Reason, settlement.Description!.Length));
    }
}
