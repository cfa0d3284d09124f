using TinySaver.Core.Jobs;

namespace TinySaver.Pipeline.Jobs;

/// <summary>The files of jobs: manifests in container <c>jobs</c>, results in container <c>results</c>, or both in memory in tests.</summary>
public interface IJobFiles
{
    /// <summary>Creates the containers where they are missing.</summary>
    Task EnsureCreatedAsync(CancellationToken cancellationToken);

    /// <summary>Opens a manifest; the stream can seek. Null where there is none.</summary>
    Task<(Stream Content, string ETag)?> OpenManifestAsync(string path, CancellationToken cancellationToken);

    /// <summary>Writes a result file unless there is one of that name already: the first that is written stays.</summary>
    /// <param name="path">Its name: the job's, a slash, the file's.</param>
    /// <param name="content">Its bytes, from the stream's position.</param>
    /// <param name="counts">What is written beside it, for <see cref="ListAsync"/>; null for nothing.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task TryWriteAsync(string path, Stream content, JobCounts? counts, CancellationToken cancellationToken);

    /// <summary>The result files of a job by their names, with the counts of those that have them.</summary>
    IAsyncEnumerable<(string Path, JobCounts? Counts)> ListAsync(string id, CancellationToken cancellationToken);

    /// <summary>Opens a result file; null where there is none.</summary>
    Task<Stream?> OpenAsync(string path, CancellationToken cancellationToken);
}
