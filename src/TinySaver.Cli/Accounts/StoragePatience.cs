using Microsoft.Extensions.Logging;
using TinySaver.Cli.Output;
using TinySaver.Core.Failures;
using TinySaver.Pipeline.Outages;

namespace TinySaver.Cli.Accounts;

/// <summary>Waits out outages of storage in the middle of a command's work, says meanwhile what is wrong, and ends some time.</summary>
/// <param name="terminal">Is told what is wrong.</param>
/// <param name="accountEnded">Completes when there is no account any longer to wait for.</param>
/// <param name="time">The clock.</param>
/// <param name="random">Spreads the waits.</param>
internal sealed class StoragePatience(Terminal terminal, Task accountEnded, TimeProvider time, Random random)
{
    // An outage of ten minutes is survived; whoever is at the terminal reads the cause and can stop sooner.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(15);

    private readonly Patience _patience = new(Longest, time, random, new Logger<Patience>(new LoggerFactory([new TerminalLoggerProvider(terminal)])));

    /// <summary>Waits for an account, by the clock of this machine.</summary>
    public StoragePatience(Terminal terminal, StorageAccount account) : this(terminal, account.Ended, TimeProvider.System, Random.Shared)
    {
    }

    /// <summary>Does the work, again and again while storage does not answer.</summary>
    /// <param name="what">What it is: "Uploading 'a.jpg'".</param>
    /// <param name="work">The work.</param>
    /// <param name="cancellationToken">Ends the waits.</param>
    /// <exception cref="TinySaverException">Storage refuses access, has ended, or has not answered for too long.</exception>
    public async Task<T> TryAsync<T>(string what, Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        try
        {
            return await _patience.TryAsync(what, WorkAsync, cancellationToken);
        }
        catch (Exception error) when (Outage.Is(error) && !cancellationToken.IsCancellationRequested)
        {
            throw new TinySaverException(
                $"{what} failed for {Longest.TotalMinutes:F0} minutes. {StorageErrors.Explain(error) ?? error.Message} Run the command again: it goes on where it ended.", error);
        }

        async Task<T> WorkAsync(CancellationToken token)
        {
            try
            {
                return await work(token);
            }
            catch (Exception error) when (Outage.Is(error) && accountEnded.IsCompleted)
            {
                throw StorageAccount.OwnEnded(error);
            }
            catch (Exception error) when (Outage.Is(error) && !StorageErrors.IsTransient(error))
            {
                throw new TinySaverException($"{what} failed. {StorageErrors.Explain(error) ?? error.Message}", error);
            }
        }
    }
}
