using TinySaver.Core.Audits;

namespace TinySaver.Pipeline.Audits;

/// <summary>Where the audit sample is kept: an Azure table, or memory in tests.</summary>
public interface IAuditStore
{
    /// <summary>Creates the table where there is none.</summary>
    Task EnsureCreatedAsync(CancellationToken cancellationToken);

    /// <summary>Writes an audit; writing the same version again within the same second changes nothing.</summary>
    Task AddAsync(AuditRow row, CancellationToken cancellationToken);

    /// <summary>The audits of a policy in the order of their seconds, and within one in that of a hash, which tells nothing of the outcome.</summary>
    /// <param name="policy">The policy's id.</param>
    /// <param name="since">From when on.</param>
    /// <param name="until">Up to when, excluded; both are cut to the second.</param>
    /// <param name="evidence">Whether to read what the answers rest on, which is most of a row.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    IAsyncEnumerable<AuditRow> ReadAsync(string policy, DateTimeOffset since, DateTimeOffset until, bool evidence, CancellationToken cancellationToken);
}
