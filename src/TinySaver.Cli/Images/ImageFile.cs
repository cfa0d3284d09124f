namespace TinySaver.Cli.Images;

/// <summary>One image file that a command is asked to work on.</summary>
/// <param name="Path">The path as outputs show it: as given, with forward slashes.</param>
/// <param name="FullPath">The absolute path.</param>
/// <param name="TrueLabel">The label text that a manifest gives or a class folder suggests; null where neither does.</param>
/// <param name="TrueClassIndex">The class index that a manifest gives; null elsewhere.</param>
/// <param name="FromManifest">Whether a manifest names the label, so that an unknown text is an error and not just a folder's name.</param>
internal sealed record ImageFile(string Path, string FullPath, string? TrueLabel, int? TrueClassIndex = null, bool FromManifest = false);
