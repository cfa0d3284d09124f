using System.CommandLine;
using TinySaver.Cli.Output;
using TinySaver.Core.Failures;

namespace TinySaver.Cli.Accounts;

/// <summary>The options that say which storage account a command works on.</summary>
internal static class AccountOptions
{
    /// <summary>An account or an Azurite that runs already.</summary>
    public static readonly Option<string?> Storage = new("--storage")
    {
        Description = "The storage account: its blob address (https://ACCOUNT.blob.core.windows.net, signed in with DefaultAzureCredential) "
            + "or a connection string, also that of a running Azurite. Default: AZURE_STORAGE_CONNECTION_STRING (but for run), else the local Azurite of --data.",
        HelpName = "URL|connection string",
    };

    /// <summary>The folder of the local Azurite.</summary>
    public static readonly Option<string?> Data = new("--data")
    {
        Description = "The folder of the local Azurite's data and of the labels. Default: .data in the repository, or else in this folder.",
        HelpName = "folder",
    };

    /// <summary>Opens the account that a command line names, for any command but <c>run</c>.</summary>
    /// <exception cref="TinySaverException">There is no such account, or there are no data.</exception>
    public static Task<StorageAccount> OpenAsync(Terminal terminal, ParseResult arguments, bool create, CancellationToken cancellationToken) =>
        StorageAccount.OpenAsync(terminal, arguments.GetValue(Storage), DataFolder.Of(arguments.GetValue(Data)), create, cancellationToken);
}
