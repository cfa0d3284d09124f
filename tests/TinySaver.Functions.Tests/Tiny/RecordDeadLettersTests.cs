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
    [Fact]
    public async Task RunAsync_DeadLetters_GivesThemUpWithServiceBusReasonAndCompletesThem()
    {
        var client = new FakeClient();
        List<(string Name, string Detail)> givenUp = [];
        ServiceBusReceivedMessage message = ServiceBusModelFactory.ServiceBusReceivedMessage(
            body: new BinaryData(EscalationJson.Write(SampleEscalation.Of("sad"))),
            messageId: "sad",
            deliveryCount: 5,
            properties: new Dictionary<string, object> { ["DeadLetterReason"] = "MaxDeliveryCountExceeded", ["DeadLetterErrorDescription"] = "Too often." });
        client.Waiting.Enqueue([message, ServiceBusModelFactory.ServiceBusReceivedMessage(body: BinaryData.FromString("not json"), messageId: "foreign")]);
        var receiver = new EscalationReceiver(
            (_, _, _) => Task.CompletedTask,
            (escalation, detail, _) =>
            {
                givenUp.Add((escalation.Name, detail));
                return Task.CompletedTask;
            },
            new Patience(Patience.OfOneCall, TimeProvider.System, new Random(1), NullLogger<Patience>.Instance),
            TimeProvider.System,
            new Random(1),
            NullLogger<EscalationReceiver>.Instance);

        await new RecordDeadLetters(new ServiceBusDeadLetters(client), receiver).RunAsync(new TimerInfo(), TestContext.Current.CancellationToken);

        Assert.Equal(("escalations", SubQueue.DeadLetter), (client.Queue, client.Options!.SubQueue));
        Assert.Equal(("sad", "Dead-lettered after 5 deliveries: MaxDeliveryCountExceeded. Too often."), Assert.Single(givenUp));
        Assert.Equal(["sad", "foreign"], client.Completed);
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
