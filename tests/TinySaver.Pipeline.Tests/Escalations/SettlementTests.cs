using TinySaver.Core.Failures;
using TinySaver.Pipeline.Escalations;

namespace TinySaver.Pipeline.Tests.Escalations;

public sealed class SettlementTests
{
    [Fact]
    public void DeadLetter_LongMessage_IsCutToWhatServiceBusTakes()
    {
        var settlement = Settlement.DeadLetter(new PermanentFailureException(FailureReason.MalformedMessage, new string('x', 5_000)));

        Assert.Equal((SettlementKind.DeadLetter, "malformed-message", 4_096), (settlement.Kind, settlement.Reason, settlement.Description!.Length));
    }
}
