using TinySaver.Pipeline.FunctionApps;

namespace TinySaver.Pipeline.Tests.FunctionApps;

public sealed class SendFailuresTests
{
    [Theory]
    [InlineData("ServiceBusy", true)]
    [InlineData("ServiceTimeout", true)]
    [InlineData("ServiceCommunicationProblem", true)]
    [InlineData("QuotaExceeded", true)]
    [InlineData("GeneralError", false)]
    public void Remedy_PassingOrUnknownFailure_IsNone(string reason, bool isTransient) =>
        Assert.Null(SendFailures.Remedy(reason, isTransient, "escalations", "x.servicebus.windows.net"));

    [Theory]
    [InlineData("MessagingEntityNotFound", "create it")]
    [InlineData("MessagingEntityDisabled", "enable it")]
    [InlineData("QuotaExceeded", "full")]
    [InlineData("MessageSizeExceeded", "limit")]
    public void Remedy_LastingFailure_SaysWhatToDoAndWhere(string reason, string remedy)
    {
        string text = SendFailures.Remedy(reason, isTransient: false, "escalations", "x.servicebus.windows.net")!;

        Assert.Contains(remedy, text, StringComparison.Ordinal);
        Assert.Contains("'escalations' in x.servicebus.windows.net", text, StringComparison.Ordinal);
    }
}
