namespace TinySaver.Cli.Upload;

/// <summary>What an upload came to; the object that <c>--json</c> prints.</summary>
internal sealed record UploadSummary
{
    /// <summary>Files that were found.</summary>
    public required int Images { get; init; }

    /// <summary>Files that were uploaded.</summary>
    public required int Uploaded { get; init; }

    /// <summary>Files whose content was there already under their name.</summary>
    public required int Skipped { get; init; }

    /// <summary>Files that cannot be read.</summary>
    public required int Failed { get; init; }

    /// <summary>Bytes that were uploaded.</summary>
    public required long Bytes { get; init; }

    /// <summary>Wall-clock seconds.</summary>
    public required double Seconds { get; init; }

    /// <summary>The batches that the images lie in.</summary>
    public required IReadOnlyList<string> Batches { get; init; }

    /// <summary>Whether it was stopped before its end.</summary>
    public required bool Cancelled { get; init; }
}
