using Azure;
using Azure.Identity;
using TinySaver.Pipeline.Outages;

namespace TinySaver.Cli.Accounts;

/// <summary>What the commands make of what a storage client threw.</summary>
internal static class StorageErrors
{
    /// <summary>The sentence for the person at the terminal; null where the error is not storage's.</summary>
    public static string? Explain(Exception error) => StorageFailure.Explain(error, AccountOptions.Storage.Name);

    /// <summary>Whether trying again soon may help; somebody has to act where storage refuses the person.</summary>
    public static bool IsTransient(Exception error) =>
        error is not (AuthenticationFailedException or RequestFailedException { Status: 401 or 403 }) && Outage.Is(error);
}
