using System.Net.Sockets;
using Azure;
using Azure.Identity;

namespace TinySaver.Pipeline.Outages;

/// <summary>Says in a sentence what a storage client threw, for the person who can mend it.</summary>
public static class StorageFailure
{
    /// <summary>The sentence; null where the failure is not storage's.</summary>
    /// <param name="failure">What was thrown. A cancellation counts as a request that took too long: whoever cancels knows it.</param>
    /// <param name="account">What names the account: an option of the command line, or a setting.</param>
    public static string? Explain(Exception failure, string account) => failure switch
    {
        AuthenticationFailedException =>
            $"Azure sign-in failed: {FirstLine(failure)} Sign in with `az login`, or give a connection string in {account}.",
        RequestFailedException { Status: 401 or 403 } e =>
            $"Storage refuses access ({e.ErrorCode}): {FirstLine(e)} The account in {account} needs the roles Storage Blob Data Contributor, Storage Table Data Contributor and Storage Queue Data Contributor, or a connection string with its key.",
        RequestFailedException { ErrorCode: "TableNotFound" or "ContainerNotFound" or "QueueNotFound" } e =>
            $"The account in {account} lacks a container, table or queue ({e.ErrorCode}): nothing has been uploaded or labelled there. `azd provision` makes them in Azure, `tinysaver run` or `tinysaver upload` elsewhere.",
        RequestFailedException { Status: > 0 } e => $"Storage answered {e.Status} {e.ErrorCode}: {FirstLine(e)}",
        RequestFailedException or HttpRequestException or SocketException =>
            $"Storage cannot be reached: {FirstLine(failure)} Check the address in {account}, and, where it is an Azurite's, that one is running there.",
        OperationCanceledException or TimeoutException => $"Storage did not answer in time: {FirstLine(failure)} Check the network, and the address in {account}.",
        AggregateException { InnerExceptions: [.., var last] } => Explain(last, account),
        _ => null,
    };

    private static string FirstLine(Exception failure) => failure.Message.Split('\n', 2)[0].Trim();
}
