using TinySaver.Core.Failures;
using TinySaver.Core.Labels;

namespace TinySaver.Cli.Upload;

/// <summary>What became of one file.</summary>
/// <param name="Item">The file and its blob.</param>
/// <param name="Version">The blob's version; null where the file cannot be read.</param>
/// <param name="Skipped">Whether storage had the same content under the name already.</param>
/// <param name="Failure">Why the file was not uploaded; null where it was.</param>
internal sealed record UploadOutcome(UploadItem Item, ImageVersion? Version, bool Skipped = false, PermanentFailureException? Failure = null);
