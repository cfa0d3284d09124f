using TinySaver.Core.Failures;
using TinySaver.Pipeline.FunctionApps;
using TinySaver.Pipeline.Outages;

namespace TinySaver.Pipeline.Tests.FunctionApps;

public sealed class SendFailuresTests
{
    [Theory]
    [InlineData("ServiceBusy", "busy")]
    [InlineData("GeneralError", "busy")]
    [InlineData("MessagingEntityNotFound", "create it")]
    [InlineData("MessagingEntityDisabled", "enable it")]
    [InlineData("QuotaExceeded", "full")]
    public void Explain_FailureOfTheQueue_IsAnOutageThatSaysWhatToDoAndWhere(string reason, string remedy)
    {
        var failure = new InvalidOperationException("busy");

        Exception explained = SendFailures.Explain(failure, reason, "escalations", "x.servicebus.windows.net");

        Assert.True(Outage.Is(explained));
        Assert.Same(failure, explained.InnerException);
        Assert.Contains(remedy, explained.Message, StringComparison.Ordinal);
        Assert.Contains("escalations", explained.Message, StringComparison.Ordinal);
        Assert.Contains("x.servicebus.windows.net", explained.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Explain_MessageTooLong_IsNoOutage()
    {
        Exception explained = SendFailures.Explain(new InvalidOperationException(), "MessageSizeExceeded", "escalations", "x.servicebus.windows.net");

        Assert.IsType<TinySaverException>(explained);
        Assert.False(Outage.Is(explained));
    }

    [Fact]
    public void DeadLettered_NothingSaid_SaysSo() =>
        Assert.Equal("Dead-lettered after 5 deliveries: no reason was given.", SendFailures.DeadLettered(5, null, null));
}
