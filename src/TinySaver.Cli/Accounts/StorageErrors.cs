using System.Net.Sockets;
using Azure;
using Azure.Identity;

namespace TinySaver.Cli.Accounts;

/// <summary>Says in a sentence what a storage client threw.</summary>
internal static class StorageErrors
{
    /// <summary>The sentence; null where the error is not storage's.</summary>
    public static string? Explain(Exception error) => error switch
    {
        AuthenticationFailedException => $"Azure sign-in failed: {FirstLine(error)} Sign in with `az login`, or give a connection string to --storage.",
        RequestFailedException { Status: 401 or 403 } e =>
            $"Storage refuses access ({e.ErrorCode}): {FirstLine(e)} The account needs the roles Storage Blob Data Contributor, Storage Table Data Contributor and Storage Queue Data Contributor, or a connection string with its key.",
        RequestFailedException { ErrorCode: "TableNotFound" or "ContainerNotFound" } =>
            "The account has no images container or labels table yet: nothing has been uploaded or labelled there. `tinysaver run` or `tinysaver upload` creates them.",
        RequestFailedException { Status: > 0 } e => $"Storage answered {e.Status} {e.ErrorCode}: {FirstLine(e)}",
        RequestFailedException => $"Storage cannot be reached: {FirstLine(error)} Check the address that --storage names, and that an Azurite is running there.",
        AggregateException aggregate when aggregate.InnerExceptions.Count > 0 => Explain(aggregate.InnerExceptions[^1]),
        HttpRequestException or SocketException => $"Storage cannot be reached: {FirstLine(error)}",
        _ => null,
    };

    /// <summary>Whether trying again later may help.</summary>
    public static bool IsPassing(Exception error) => error switch
    {
        RequestFailedException e => e.Status is 0 or 408 or 429 or >= 500,
        AggregateException aggregate => aggregate.InnerExceptions.All(IsPassing),
        IOException or HttpRequestException or SocketException or TimeoutException => true,
        OperationCanceledException => true,
        _ => false,
    };

    private static string FirstLine(Exception error) => error.Message.Split('\n', 2)[0].Trim();
}
