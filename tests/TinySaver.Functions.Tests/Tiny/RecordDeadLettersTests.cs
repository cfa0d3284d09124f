using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging.Abstractions;
using TinySaver.Core.Escalations;
using TinySaver.Functions.Tiny;
using TinySaver.Pipeline.Escalations;
using TinySaver.Pipeline.Outages;

namespace TinySaver.Functions.Tests.Tiny;

public sealed class RecordDeadLettersTests
{
    private readonly FakeClient _client = new();
    private readonly List<(string Name, string Detail)> _givenUp = [];

    [Fact]
    public async Task RunAsync_DeadLetters_GivesThemUpWithServiceBusReasonAndCompletesThem()
    {
        ServiceBusReceivedMessage message = ServiceBusModelFactory.ServiceBusReceivedMessage(
            body: new BinaryData(EscalationJson.Write(SampleEscalation.Of("sad"))),
            messageId: "sad",
            deliveryCount: 5,
            properties: new Dictionary<string, object> { ["DeadLetterReason"] = "MaxDeliveryCountExceeded", ["DeadLetterErrorDescription"] = "Too often." });
        _client.Waiting.Enqueue([message, ServiceBusModelFactory.ServiceBusReceivedMessage(body: BinaryData.FromString("not json"), messageId: "foreign")]);
        var receiver = new EscalationReceiver(
            (_, _, _) => Task.CompletedTask,
            (escalation, detail, _) =>
            {
                _givenUp.Add((escalation.Name, detail));
                return Task.CompletedTask;
            },
            new Patience(Patience.OfOneCall, TimeProvider.System, new Random(1), NullLogger<Patience>.Instance),
            TimeProvider.System,
            new Random(1),
            NullLogger<EscalationReceiver>.Instance);

        await new RecordDeadLetters(new ServiceBusDeadLetters(_client), receiver).RunAsync(new TimerInfo(), TestContext.Current.CancellationToken);

        Assert.Equal(("escalations", SubQueue.DeadLetter), (_client.Queue, _client.Options!.SubQueue));
        Assert.Equal(("sad", "Dead-lettered after 5 deliveries: MaxDeliveryCountExceeded. Too often."), Assert.Single(_givenUp));
        Assert.Equal(["sad", "foreign"], _client.Completed);
    }

    private sealed class FakeClient : ServiceBusClient
    {
        public string? Queue { get; private set; }

        public ServiceBusReceiverOptions? Options { get; private set; }

        public Queue<IReadOnlyList<ServiceBusReceivedMessage>> Waiting { get; } = [];

        public List<string> Completed { get; } = [];

        public override ServiceBusReceiver CreateReceiver(string queueName, ServiceBusReceiverOptions options)
        {
            (Queue, Options) = (queueName, options);
            return new FakeReceiver(this);
        }
    }

    private sealed class FakeReceiver(FakeClient client) : ServiceBusReceiver
    {
        public override Task<IReadOnlyList<ServiceBusReceivedMessage>> ReceiveMessagesAsync(int maxMessages, TimeSpan? maxWaitTime = null, CancellationToken cancellationToken = default) =>
            Task.FromResult(client.Waiting.TryDequeue(out IReadOnlyList<ServiceBusReceivedMessage>? messages) ? messages : []);

        public override Task CompleteMessageAsync(ServiceBusReceivedMessage message, CancellationToken cancellationToken = default)
        {
            client.Completed.Add(message.MessageId);
            return Task.CompletedTask;
        }
    }
}
