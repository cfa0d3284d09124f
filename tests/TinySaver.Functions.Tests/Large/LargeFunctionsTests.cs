using System.Text.Json;
using Azure.Core.Amqp;
using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging.Abstractions;
using TinySaver.Core.Escalations;
using TinySaver.Functions.Large;
using TinySaver.Pipeline.Escalations;
using TinySaver.Pipeline.Outages;

namespace TinySaver.Functions.Tests.Large;

public sealed class LargeFunctionsTests
{
    private readonly RecordingActions _actions = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Trigger_IsOnTheQueue()
    {
        JsonElement binding = Assert.Single(Assert.Single(await Bindings.ReadAsync(new GeneratedFunctionMetadataProvider())).Value);

        Assert.Equal(
            ("serviceBusTrigger", "escalations", "EscalationsServiceBus", "Many"),
            (binding.Text("type"), binding.Text("queueName"), binding.Text("connection"), binding.Text("cardinality")));
        Assert.False(binding.GetProperty("autoCompleteMessages").GetBoolean());
        Assert.Equal("True", binding.GetProperty("properties").Text("supportsDeferredBinding"));
    }

    [Fact]
    public async Task ClassifyWithLargeModel_MixedBatch_SettlesEachMessageByItsOutcome()
    {
        var function = new ClassifyWithLargeModel(Receiver(async (escalations, settle, _) =>
        {
            Assert.Equal(["done", "again"], escalations.Select(e => e.Name));
            await settle(0, new EscalationResult(EscalationOutcome.Labelled));
            await settle(1, new EscalationResult(EscalationOutcome.Retry, Error: new InvalidOperationException("the model")));
        }));

        await function.RunAsync([Message("done"), Message(null), Foreign(), Message("again")], _actions, Cancellation);

        Assert.Equal(
            ["complete done", "deadletter foreign: malformed-message", "deadletter not json: malformed-message", "abandon again"],
            _actions.Calls.Order().OrderBy(Place));
    }

    [Fact]
    public async Task ClassifyWithLargeModel_Cancelled_AbandonsTheRestAndIsNoFailure()
    {
        using var stop = new CancellationTokenSource();
        var function = new ClassifyWithLargeModel(Receiver(async (_, settle, cancellationToken) =>
        {
            await settle(0, new EscalationResult(EscalationOutcome.Labelled));
            await stop.CancelAsync();
            cancellationToken.ThrowIfCancellationRequested();
        }));

        await function.RunAsync([Message("done"), Message("again")], _actions, stop.Token);

        Assert.Equal(["complete done", "abandon again"], _actions.Calls);
    }

    // What another program may send: a body of another kind than ours.
    private static ServiceBusReceivedMessage Foreign()
    {
        var message = new AmqpAnnotatedMessage(AmqpMessageBody.FromValue("a value"));
        message.Properties.MessageId = new AmqpMessageId("foreign");
        return ServiceBusReceivedMessage.FromAmqpMessage(message, BinaryData.FromBytes(Guid.NewGuid().ToByteArray()));
    }

    private static int Place(string call) => call.StartsWith("complete", StringComparison.Ordinal) ? 0 : call.StartsWith("dead", StringComparison.Ordinal) ? 1 : 2;

    private static ServiceBusReceivedMessage Message(string? name) => ServiceBusModelFactory.ServiceBusReceivedMessage(
        body: name is null ? BinaryData.FromString("not json") : new BinaryData(EscalationJson.Write(SampleEscalation.Of(name))),
        messageId: name ?? "not json",
        lockTokenGuid: Guid.NewGuid(),
        deliveryCount: 1);

    private static EscalationReceiver Receiver(Func<IReadOnlyList<Escalation>, Func<int, EscalationResult, Task>, CancellationToken, Task> process) => new(
        process,
        (_, _, _) => Task.CompletedTask,
        new Patience(Patience.OfOneCall, TimeProvider.System, new Random(1), NullLogger<Patience>.Instance),
        TimeProvider.System,
        new Random(1),
        NullLogger<EscalationReceiver>.Instance);

    private sealed class RecordingActions : ServiceBusMessageActions
    {
        public List<string> Calls { get; } = [];

        public override Task CompleteMessageAsync(ServiceBusReceivedMessage message, CancellationToken cancellationToken = default) =>
            Record($"complete {message.MessageId}");

        public override Task AbandonMessageAsync(
            ServiceBusReceivedMessage message, IDictionary<string, object>? propertiesToModify = null, CancellationToken cancellationToken = default) =>
            Record($"abandon {message.MessageId}");

        public override Task DeadLetterMessageAsync(
            ServiceBusReceivedMessage message,
            Dictionary<string, object>? propertiesToModify = null,
            string? deadLetterReason = null,
            string? deadLetterErrorDescription = null,
            CancellationToken cancellationToken = default) =>
            Record($"deadletter {message.MessageId}: {deadLetterReason}");

        private Task Record(string call)
        {
            Calls.Add(call);
            return Task.CompletedTask;
        }
    }
}
