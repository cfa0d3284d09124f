using TinySaver.Core.Failures;

namespace TinySaver.Cli;

/// <summary>Files as folders hold them: opening a pipe would wait for its other end, and a device may never end.</summary>
internal static class UserFile
{
    /// <summary>Whether there is nothing to read: no bytes, or what has no length, as pipes and devices.</summary>
    /// <exception cref="IOException">There is no such file.</exception>
    public static bool IsEmpty(string path) => Info(path).Length == 0;

    /// <summary>What is known of a file; of a link, that of the file at its end.</summary>
    public static FileInfo Info(string path) => (FileInfo?)File.ResolveLinkTarget(path, returnFinalTarget: true) ?? new(path);

    /// <summary>What the failure to read a file means for an image; null for any other error.</summary>
    public static PermanentFailureException? Failure(Exception error) => error is not (IOException or UnauthorizedAccessException) ? null : new(
        error is FileNotFoundException or DirectoryNotFoundException ? FailureReason.Deleted : FailureReason.Unreadable,
        $"The file cannot be read: {error.Message}",
        error);

    /// <summary>Opens a file for reading from start to end; what has no length reads as empty.</summary>
    /// <exception cref="IOException">There is no such file, or it cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    public static Stream Open(string path) =>
        IsEmpty(path) ? new MemoryStream([]) : new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 4096, FileOptions.SequentialScan);
}
