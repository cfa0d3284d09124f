using Azure;
using Azure.Storage.Blobs;
using TinySaver.Pipeline.FunctionApps;
using TinySaver.Pipeline.Labels;
using TinySaver.Pipeline.Storage;

namespace TinySaver.Cli.Doctor.Checks;

/// <summary>Whether images can be written and rows read from here.</summary>
internal static class Storage
{
    public static readonly Check Check = new("storage", LookAsync, InAzure: false);

    private static async Task<Finding> LookAsync(Deployment d, CancellationToken cancellationToken)
    {
        if (d.Account.IsOwn)
            return Finding.Broken($"nothing labels images here: no pipeline runs on {d.Account.Name}", "Start `tinysaver run --watch` on the same data, then look again; or name an account with --storage.");

        StorageOptions names = d.Account.Options;
        BlobContainerClient images = d.Account.Clients.Blobs.GetBlobContainerClient(names.ImagesContainer);
        try
        {
            if (!await images.ExistsAsync(cancellationToken))
                return Finding.Broken($"{d.Account.Name} has no container '{names.ImagesContainer}'", d.IsInAzure ? "Run `azd provision`." : "Start `tinysaver run --watch`, which makes it.");

            await d.Account.Labels.QueryAsync(new LabelQuery(Batch: Canary.Batch), cancellationToken).AnyAsync(cancellationToken);
            return Finding.Ok($"{d.Account.Name} answers; container '{names.ImagesContainer}' and table '{names.LabelsTable}' can be read");
        }
        catch (RequestFailedException error) when (error.Status == 403 && error.ErrorCode != "AuthorizationFailure")
        {
            return Finding.Broken(
                $"{d.Account.Name} refuses you ({error.ErrorCode})",
                $"You need the roles Storage Blob Data Contributor on the container '{names.ImagesContainer}' and Storage Table Data Contributor on the table '{names.LabelsTable}'; `azd provision` assigns them to who runs it, and they take ten minutes to work.");
        }
        catch (RequestFailedException error) when (error.ErrorCode == "TableNotFound")
        {
            return Finding.Broken($"{d.Account.Name} has no table '{names.LabelsTable}'", d.IsInAzure ? "Run `azd provision`." : "Start `tinysaver run --watch`, which makes it.");
        }
    }
}

/// <summary>Whether everything is there that apps and Event Grid write to.</summary>
internal static class Containers
{
    // Azure has the options' names, which the triggers cannot do without. The last two containers are Azure's own: the tiny app's package, and what Event Grid gave up.
    private static readonly StorageOptions Names = new();

    // As infra/modules/storage.bicep makes them; a test compares them, and the options' names.
    internal static readonly (string Service, string Kind, string[] Names)[] Expected =
    [
        ("blobServices", "containers", [Names.ImagesContainer, Names.ModelsContainer, Names.JobsContainer, Names.ResultsContainer, "deployments", "event-dead-letters"]),
        ("tableServices", "tables", [Names.LabelsTable, Names.JobsTable, Names.ReviewsTable, Names.AuditsTable]),
        ("queueServices", "queues", [Names.JobsQueue, Names.ChunksQueue, .. BatchJobs.PoisonQueues, FunctionAppOptions.PoisonQueue]),
    ];

    public static readonly Check Check = new("containers, tables, queues", LookAsync);

    private static async Task<Finding> LookAsync(Deployment d, CancellationToken cancellationToken)
    {
        (string account, _) = d.Find("Microsoft.Storage/storageAccounts", "storage account");
        var missing = new List<string>();
        foreach ((string service, string kind, string[] names) in Expected)
        {
            IEnumerable<string> there = (await d.Azure.ListAsync($"{account}/{service}/default/{kind}", ApiVersions.Storage, cancellationToken)).Select(i => i.Text("name"));
            missing.AddRange(names.Except(there).Select(n => $"{kind[..^1]} '{n}'"));
        }

        return missing.Count == 0
            ? Finding.Ok($"all {Expected.Sum(e => e.Names.Length)} are there")
            : Finding.Broken($"there is no {string.Join(", no ", missing)}", "Run `azd provision`; a deleted container comes back with `az storage container restore` within seven days.");
    }
}
