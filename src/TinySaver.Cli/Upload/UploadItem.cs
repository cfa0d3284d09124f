using TinySaver.Cli.Images;

namespace TinySaver.Cli.Upload;

/// <summary>A file and the blob that it becomes.</summary>
/// <param name="File">The file.</param>
/// <param name="Name">The blob's name, as storage keeps it.</param>
internal sealed record UploadItem(ImageFile File, string Name);
