using TinySaver.Core.Failures;

namespace TinySaver.Cli.Accounts;

/// <summary>Tries work on storage again where it failed for a passing cause.</summary>
internal static class Patience
{
    /// <summary>Does the work, again and again while it fails for a passing cause.</summary>
    /// <param name="what">What it is, for the error: "Uploading 'a.jpg'".</param>
    /// <param name="tries">The most tries.</param>
    /// <param name="firstDelay">The wait after the first; it doubles.</param>
    /// <param name="longestDelay">The longest wait.</param>
    /// <param name="work">The work.</param>
    /// <param name="cancellationToken">Ends the waits.</param>
    /// <exception cref="TinySaverException">The last try failed too.</exception>
    public static async Task<T> TryAsync<T>(
        string what, int tries, TimeSpan firstDelay, TimeSpan longestDelay, Func<Task<T>> work, CancellationToken cancellationToken)
    {
        TimeSpan delay = firstDelay;
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return await work();
            }
            catch (Exception error) when (StorageErrors.IsPassing(error) && !cancellationToken.IsCancellationRequested)
            {
                if (attempt >= tries)
                {
                    throw new TinySaverException($"{what} failed {tries} times. {StorageErrors.Explain(error) ?? error.Message} Run the command again: it goes on where it ended.", error);
                }
            }

            await Task.Delay(delay, cancellationToken);
            delay = delay * 2 < longestDelay ? delay * 2 : longestDelay;
        }
    }
}
