using Azure.Messaging.ServiceBus;
using Azure.Messaging.ServiceBus.Administration;
using TinySaver.Core.Escalations;
using TinySaver.Functions.Tiny;

namespace TinySaver.Functions.Tests.Tiny;

public sealed class ServiceBusEscalationSenderTests : IAsyncDisposable
{
    private readonly FakeClient _client = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private ServiceBusEscalationSender Sender => new(_client, new FakeAdministration());

    // It has no connection to be closed, and the SDK's own disposal needs one.
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task SendAsync_Escalation_SendsItsJsonUnderItsIdWithItsTrace()
    {
        Escalation escalation = SampleEscalation.Of("a.png") with { TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", TraceState = "x=1" };

        await Sender.SendAsync(escalation, Cancellation);

        ServiceBusMessage message = Assert.Single(_client.Sent);
        Assert.Equal((escalation.MessageId, "application/json"), (message.MessageId, message.ContentType));
        Assert.Equal(escalation.Name, EscalationJson.Read(message.Body.ToMemory()).Name);
        Assert.Equal(
            (escalation.TraceParent, escalation.TraceParent, "x=1", "p", false),
            (message.ApplicationProperties["traceparent"], message.ApplicationProperties["Diagnostic-Id"], message.ApplicationProperties["tracestate"],
                message.ApplicationProperties["policy"], message.ApplicationProperties["shadow"]));
        Assert.Equal("escalations", _client.Queue);
    }

    [Theory]
    [InlineData(ServiceBusFailureReason.ServiceBusy, "busy")]
    [InlineData(ServiceBusFailureReason.MessagingEntityNotFound, "There is no queue 'escalations' in fake.servicebus.windows.net")]
    public async Task SendAsync_FailureOfTheQueue_IsAnOutageThatSaysWhatToDo(ServiceBusFailureReason reason, string words)
    {
        _client.Fault = new ServiceBusException("busy", reason);

        IOException error = await Assert.ThrowsAsync<IOException>(() => Sender.SendAsync(SampleEscalation.Of("a"), Cancellation));

        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.Same(_client.Fault, error.InnerException);
    }

    [Fact]
    public async Task SendAsync_NotAllowed_NamesTheRole()
    {
        _client.Fault = new UnauthorizedAccessException("no");

        IOException error = await Assert.ThrowsAsync<IOException>(() => Sender.SendAsync(SampleEscalation.Of("a"), Cancellation));

        Assert.Contains("Azure Service Bus Data Sender", error.Message, StringComparison.Ordinal);
    }

    // By name, because the pipeline does not know the SDK.
    [Theory]
    [InlineData("MessagingEntityNotFound")]
    [InlineData("MessagingEntityDisabled")]
    [InlineData("QuotaExceeded")]
    [InlineData("MessageSizeExceeded")]
    public void Explain_ReasonsThatItKnows_AreNamesOfTheSdk(string reason) => Assert.True(Enum.TryParse<ServiceBusFailureReason>(reason, out _));

    private sealed class FakeAdministration : ServiceBusAdministrationClient;

    private sealed class FakeClient : ServiceBusClient
    {
        public string? Queue { get; private set; }

        public List<ServiceBusMessage> Sent { get; } = [];

        public Exception? Fault { get; set; }

        public override string FullyQualifiedNamespace => "fake.servicebus.windows.net";

        public override ServiceBusSender CreateSender(string queueOrTopicName)
        {
            Queue = queueOrTopicName;
            return new FakeSender(this);
        }
    }

    private sealed class FakeSender(FakeClient client) : ServiceBusSender
    {
        public override Task SendMessageAsync(ServiceBusMessage message, CancellationToken cancellationToken = default)
        {
            client.Sent.Add(message);
            return client.Fault is null ? Task.CompletedTask : Task.FromException(client.Fault);
        }
    }
}
