using System.Text.Json;
using Azure;
using TinySaver.Pipeline.FunctionApps;
using TinySaver.Pipeline.Jobs;

namespace TinySaver.Cli.Doctor.Checks;

/// <summary>Whether batch jobs move, and nothing of theirs lies where messages go that failed too often.</summary>
internal static class BatchJobs
{
    internal static readonly IReadOnlyList<string> PoisonQueues = [FunctionAppOptions.JobsPoisonQueue, FunctionAppOptions.ChunksPoisonQueue];

    // A call works for ten minutes at most, and what it leaves is taken up within one. The alert has the same; a test compares them.
    internal static readonly TimeSpan LongestStandstill = TimeSpan.FromMinutes(30);

    public static readonly Check Check = new("batch jobs", LookAsync, InAzure: false);

    private static async Task<Finding> LookAsync(Deployment d, CancellationToken cancellationToken)
    {
        string[] poisoned = d.IsInAzure ? await PoisonedAsync(d, cancellationToken) : [];
        if (poisoned.Length > 0)
        {
            return Finding.Warning(
                $"{string.Join(", ", poisoned)}: the tiny app failed on these five times",
                "It fails their jobs and images within minutes; `tinysaver job list` and `tinysaver status` say which. Where they stay there, mend what is broken above.");
        }

        int underWay = 0;
        var still = new List<string>();
        try
        {
            await foreach (StoredJob job in d.Account.Jobs.UnfinishedAsync(cancellationToken))
            {
                underWay++;
                TimeSpan standstill = job.StandstillAt(d.Time.GetUtcNow());
                if (standstill > LongestStandstill)
                    still.Add($"'{job.Row.Id}' has not moved for {standstill.TotalMinutes:N0} minutes, with {job.Row.Images - job.Counts.Images:N0} images to work on");
            }
        }
        catch (RequestFailedException error) when (error.ErrorCode == "TableNotFound")
        {
            return Finding.NotHere("no table of jobs yet: none was submitted here");
        }
        catch (RequestFailedException error) when (error.Status == 403)
        {
            return Finding.NotHere($"no message was given up; you may not read the table '{d.Account.Options.JobsTable}' (TINYSAVER_JOB_SUBMITTERS)");
        }

        return still.Count > 0
            ? Finding.Warning(string.Join("; ", still), "Submit it again, the same under its name, and it goes on; where it does not, the tiny app's log says why.")
            : Finding.Ok($"{underWay:N0} under way, none stands still");
    }

    // By Resource Manager: who deploys has no role on the queues.
    private static async Task<string[]> PoisonedAsync(Deployment d, CancellationToken cancellationToken)
    {
        (string account, _) = d.Find("Microsoft.Storage/storageAccounts", "storage account");
        var poisoned = new List<string>();
        foreach (string name in PoisonQueues)
        {
            JsonElement queue = await d.Azure.GetAsync($"{account}/queueServices/default/queues/{name}", ApiVersions.Storage, cancellationToken);
            if (queue.Number("properties", "approximateMessageCount") is > 0 and var count)
                poisoned.Add($"{count:N0} messages in the queue '{name}'");
        }

        return [.. poisoned];
    }
}
