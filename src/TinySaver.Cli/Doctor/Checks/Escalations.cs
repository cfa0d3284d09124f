using System.Text.Json;
using Azure;
using TinySaver.Pipeline.FunctionApps;

namespace TinySaver.Cli.Doctor.Checks;

/// <summary>What waits for the large model, and what was given up.</summary>
internal static class Escalations
{
    public static readonly Check Check = new("escalations", LookAsync, InAzure: false);

    private static async Task<Finding> LookAsync(Deployment d, CancellationToken cancellationToken)
    {
        (string state, double waiting, double dead) = d.IsInAzure ? await OfServiceBusAsync(d, cancellationToken) : await OfStorageAsync(d, cancellationToken);
        if (state is not ("Active" or ""))
            return Finding.Broken($"the queue '{FunctionAppOptions.EscalationsQueue}' is {state}", "Set it to Active in the portal.");

        return dead > 0
            ? Finding.Warning(
                $"{dead:N0} escalations were given up, {waiting:N0} wait",
                "Each gets a failed row within a quarter of an hour, with the reason; `tinysaver retry --failed` puts them back.")
            : state == "" && waiting < 0 ? Finding.NotHere("no queue yet: nothing has run here") : Finding.Ok($"{waiting:N0} wait, none was given up");
    }

    private static async Task<(string State, double Waiting, double Dead)> OfServiceBusAsync(Deployment d, CancellationToken cancellationToken)
    {
        (string bus, _) = d.Find("Microsoft.ServiceBus/namespaces", "Service Bus namespace");
        JsonElement queue = (await d.Azure.GetAsync($"{bus}/queues/{FunctionAppOptions.EscalationsQueue}", ApiVersions.ServiceBus, cancellationToken)).At("properties");
        return (queue.Text("status"), queue.Number("countDetails", "activeMessageCount"), queue.Number("countDetails", "deadLetterMessageCount"));
    }

    // The local host's queue.
    private static async Task<(string State, double Waiting, double Dead)> OfStorageAsync(Deployment d, CancellationToken cancellationToken)
    {
        try
        {
            return ("", await d.Account.Escalations.GetBacklogAsync(cancellationToken), await d.Account.Escalations.GetDeadLetterCountAsync(cancellationToken));
        }
        catch (RequestFailedException error) when (error.Status == 404)
        {
            return ("", -1, 0);
        }
    }
}
