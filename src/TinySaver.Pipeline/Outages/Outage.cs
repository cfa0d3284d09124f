using System.Net.Sockets;
using Azure;
using Azure.Identity;

namespace TinySaver.Pipeline.Outages;

/// <summary>Tells failures of storage, queue or network as a whole from those that are about one image or one message.</summary>
/// <remarks>An outage says nothing against the image in hand, so it never uses up the image's tries.</remarks>
public static class Outage
{
    /// <summary>Whether the failure says that a service did not answer, is too busy to, or does not let this process in.</summary>
    /// <remarks>
    /// A role takes minutes to work after it was assigned, so being refused passes too. A cancellation counts, for the clients throw one where a request took too long; a caller whose own token is cancelled
    /// asks that first.
    /// </remarks>
    public static bool Is(Exception failure) => failure switch
    {
        RequestFailedException e => e.Status is 0 or 401 or 403 or 408 or 429 or >= 500,
        AggregateException e => e.InnerExceptions.Count > 0 && e.InnerExceptions.All(Is),
        CredentialUnavailableException => false,
        AuthenticationFailedException e => e.InnerException is null || Is(e.InnerException),
        FileNotFoundException or DirectoryNotFoundException => false,
        IOException or HttpRequestException or SocketException or TimeoutException or OperationCanceledException => true,
        _ => false,
    };
}
