using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using TinySaver.Cli.Output;

namespace TinySaver.Cli.Accounts;

/// <summary>Shows warnings of storage and pipeline to a person, each kind at most once in a while.</summary>
internal sealed class TerminalLoggerProvider(Terminal terminal) : ILoggerProvider
{
    // Sixteen images that wait for the same Azurite have one thing to say.
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(10);

    // Single images' failures and retries: the table counts them and the summary lists them.
    private static readonly int[] ShownElsewhere = [11, 12];

    private readonly ConcurrentDictionary<int, long> _lastShown = new();

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new Logger(this);

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private void Show(EventId id, string message)
    {
        long now = Environment.TickCount64;
        long shown = _lastShown.GetOrAdd(id.Id, long.MinValue);
        if (!ShownElsewhere.Contains(id.Id)
            && (shown == long.MinValue || now - shown > Quiet.TotalMilliseconds)
            && _lastShown.TryUpdate(id.Id, now, shown))
        {
            terminal.Warn(message);
        }
    }

    private sealed class Logger(TerminalLoggerProvider owner) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
                owner.Show(eventId, exception is null ? formatter(state, exception) : $"{formatter(state, exception)} {StorageErrors.Explain(exception) ?? exception.Message}");
        }
    }
}
