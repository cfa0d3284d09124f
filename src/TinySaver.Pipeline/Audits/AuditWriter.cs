using Azure;
using Azure.Data.Tables.Models;
using Microsoft.Extensions.Logging;
using TinySaver.Core.Audits;
using TinySaver.Pipeline.Telemetry;

namespace TinySaver.Pipeline.Audits;

/// <summary>Keeps the answers of images in the audit sample.</summary>
public sealed class AuditWriter(IAuditStore audits, PipelineTelemetry telemetry, ILogger<AuditWriter> logger)
{
    private bool _missed;

    /// <summary>Writes an audit; nothing where the image is not in the sample.</summary>
    /// <remarks>What it throws is transient: the message must come again. Without a table, as in an account from before there were audits, images get their labels all the same.</remarks>
    public async Task RecordAsync(AuditRow? row, CancellationToken cancellationToken)
    {
        if (row is null)
            return;

        try
        {
            await audits.AddAsync(row, cancellationToken).ConfigureAwait(false);
            telemetry.Audit(row.Exits, !row.Differs);
        }
        catch (RequestFailedException e) when (e.ErrorCode == TableErrorCode.TableNotFound)
        {
            if (!_missed)
                Log.NoAuditsTable(logger, e);

            _missed = true;
        }
    }
}
