using System.Runtime.CompilerServices;
using System.Text.Json;
using Azure;
using Azure.Data.Tables;
using TinySaver.Calibration.Watch;
using TinySaver.Core.Names;
using TinySaver.Pipeline.Audits;

namespace TinySaver.Pipeline.Storage;

/// <summary>How the guarantees stand, in a partition of the table of audits that is no policy's.</summary>
public sealed class TableWatchStore(TableClient table) : IWatchStore
{
    private const string Partition = "watch";

    private const string RestartsColumn = nameof(StoredWatch.Restarts);

    /// <inheritdoc/>
    public async Task<StoredWatch?> GetAsync(string policy, CancellationToken cancellationToken)
    {
        NullableResponse<TableEntity> response = await table.GetEntityIfExistsAsync<TableEntity>(Partition, policy, cancellationToken: cancellationToken).ConfigureAwait(false);
        return response.HasValue ? Stored(response.Value!) : null;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredWatch> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string filter = TableClient.CreateQueryFilter($"PartitionKey eq {Partition}");
        await foreach (TableEntity entity in table.QueryAsync<TableEntity>(filter, cancellationToken: cancellationToken).ConfigureAwait(false))
            yield return Stored(entity);
    }

    /// <inheritdoc/>
    public async Task<bool> TryWriteAsync(StoredWatch watch, CancellationToken cancellationToken)
    {
        GuaranteeReport report = watch.Report;

        // The columns are for those who look into the table; what the watch itself needs is in the last two.
        var entity = new TableEntity(Partition, watch.Policy)
        {
            ["LookedAt"] = watch.LookedAt,
            ["ReadTo"] = watch.ReadTo,
            ["Status"] = report.State.Name(),
            ["Since"] = report.Since,
            ["Audits"] = report.Counts.Audits,
            ["Differences"] = report.Counts.Differences,
            ["Allowed"] = report.Plan.Allowed,
            ["Low"] = report.Low,
            ["High"] = report.High,
            ["Evidence"] = report.Evidence,
            ["AlarmAt"] = report.Plan.AlarmAt,
            ["ExitRate"] = report.ExitRate,
            ["Sentence"] = watch.Sentence,
            [RestartsColumn] = JsonSerializer.Serialize(watch.Restarts, JsonSerializerOptions.Web),
            ["State"] = JsonSerializer.Serialize(watch.State, JsonSerializerOptions.Web),
        };
        try
        {
            if (watch.Tag is null)
                await table.AddEntityAsync(entity, cancellationToken).ConfigureAwait(false);
            else
                await table.UpdateEntityAsync(entity, new ETag(watch.Tag), TableUpdateMode.Replace, cancellationToken).ConfigureAwait(false);

            return true;
        }
        catch (RequestFailedException e) when (e.IsLostRace())
        {
            return false;
        }
    }

    private static StoredWatch Stored(TableEntity entity) => new(
        entity.RowKey,
        entity.GetDateTimeOffset("LookedAt")!.Value,
        entity.GetDateTimeOffset("ReadTo")!.Value,
        JsonSerializer.Deserialize<WatchState>(entity.GetString("State"), JsonSerializerOptions.Web)!,
        entity.ETag.ToString())
    {
        // Rows from before there were restarts have none.
        Restarts = entity.GetString(RestartsColumn) is { } restarts ? JsonSerializer.Deserialize<WatchRestart[]>(restarts, JsonSerializerOptions.Web)! : [],
    };
}
