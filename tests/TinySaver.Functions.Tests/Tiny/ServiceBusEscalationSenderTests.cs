using Azure.Messaging.ServiceBus;
using Azure.Messaging.ServiceBus.Administration;
using TinySaver.Core.Escalations;
using TinySaver.Core.Failures;
using TinySaver.Functions.Tiny;
using TinySaver.Pipeline.FunctionApps;

namespace TinySaver.Functions.Tests.Tiny;

public sealed class ServiceBusEscalationSenderTests : IAsyncDisposable
{
    private readonly FakeClient _client = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private ServiceBusEscalationSender Sender => new(_client, new FakeAdministration());

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    [Fact]
    public async Task SendAsync_Escalation_SendsItsJsonUnderItsIdWithItsTrace()
    {
        Escalation escalation = Samples.Escalation("a.png") with { TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", TraceState = "x=1" };

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

    [Fact]
    public async Task SendAsync_PassingFailure_IsThrownAsItIs()
    {
        _client.Fault = new ServiceBusException("busy", ServiceBusFailureReason.ServiceBusy);

        Assert.Same(_client.Fault, await Record.ExceptionAsync(() => Sender.SendAsync(Samples.Escalation("a"), Cancellation)));
    }

    [Fact]
    public async Task SendAsync_QueueMissing_SaysWhatToDo()
    {
        _client.Fault = new ServiceBusException("gone", ServiceBusFailureReason.MessagingEntityNotFound);

        var error = await Assert.ThrowsAsync<TinySaverException>(() => Sender.SendAsync(Samples.Escalation("a"), Cancellation));

        Assert.Contains("There is no queue 'escalations' in fake.servicebus.windows.net", error.Message, StringComparison.Ordinal);
        Assert.Same(_client.Fault, error.InnerException);
    }

    [Fact]
    public async Task SendAsync_NotAllowed_NamesTheRole()
    {
        _client.Fault = new UnauthorizedAccessException("no");

        var error = await Assert.ThrowsAsync<TinySaverException>(() => Sender.SendAsync(Samples.Escalation("a"), Cancellation));

        Assert.Contains("Azure Service Bus Data Sender", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("MessagingEntityNotFound")]
    [InlineData("MessagingEntityDisabled")]
    [InlineData("QuotaExceeded")]
    [InlineData("MessageSizeExceeded")]
    public void Remedy_LastingReasons_AreNamesOfTheSdk(string reason)
    {
        Assert.True(Enum.TryParse<ServiceBusFailureReason>(reason, out _));
        Assert.NotNull(SendFailures.Remedy(reason, isTransient: false, "q", "n"));
    }

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
