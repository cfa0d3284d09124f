using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using TinySaver.Core.Escalations;
using TinySaver.Pipeline.Escalations;
using TinySaver.Pipeline.Stages;

namespace TinySaver.Pipeline.Tests.Stages;

public sealed class BacklogGaugeTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Queue _queue = new();
    private readonly Entries _log = new();

    // Not to be read is what it is in Azure when the role is missing: for good, and asked for every five seconds.
    [Fact]
    public async Task IsOverloadedAsync_BacklogCannotBeRead_SaysSoOnceAndAgainAfterItCouldBe()
    {
        var options = new PipelineOptions { MaxBacklog = 10 };
        var gauge = new BacklogGauge(_queue, Options.Create(options), _time, _log);

        await AskAsync(3, new UnauthorizedAccessException("Manage claim is required"));
        Assert.Equal((LogLevel.Error, true), (_log.Written.Single().Level, _log.Written.Single().Text.Contains("Azure Service Bus Data Owner", StringComparison.Ordinal)));
        await AskAsync(1, null);
        await AskAsync(3, new UnauthorizedAccessException("Manage claim is required"));

        Assert.Equal(2, _log.Written.Count);

        async Task AskAsync(int times, Exception? fault)
        {
            _queue.Fault = fault;
            for (int i = 0; i < times; i++)
            {
                Assert.False(await gauge.IsOverloadedAsync(TestContext.Current.CancellationToken));
                _time.Advance(options.BacklogInterval);
            }
        }
    }

    // As the clients throw where a request takes too long.
    [Fact]
    public async Task IsOverloadedAsync_RequestTakesTooLong_HoldsNoImageUp()
    {
        _queue.Fault = new TaskCanceledException("The operation was cancelled because it exceeded the configured timeout.");

        Assert.False(await new BacklogGauge(_queue, Options.Create(new PipelineOptions { MaxBacklog = 10 }), _time, _log).IsOverloadedAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(10, false)]
    [InlineData(11, true)]
    public async Task IsOverloadedAsync_AtAndAboveTheLimit_IsOnlyAbove(long backlog, bool overloaded)
    {
        _queue.Backlog = backlog;

        Assert.Equal(overloaded, await new BacklogGauge(_queue, Options.Create(new PipelineOptions { MaxBacklog = 10 }), _time, _log).IsOverloadedAsync(TestContext.Current.CancellationToken));
    }

    private sealed class Queue : IEscalationSender
    {
        public long Backlog { get; set; }

        public Exception? Fault { get; set; }

        public Task<long> GetBacklogAsync(CancellationToken cancellationToken) => Fault is null ? Task.FromResult(Backlog) : Task.FromException<long>(Fault);

        public Task SendAsync(Escalation escalation, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task CheckAsync(CancellationToken cancellationToken) => throw new NotSupportedException();
    }

    private sealed class Entries : ILogger<BacklogGauge>
    {
        public List<(LogLevel Level, string Text)> Written { get; } = [];

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Written.Add((logLevel, formatter(state, exception)));

        public bool IsEnabled(LogLevel logLevel) => true;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;
    }
}
