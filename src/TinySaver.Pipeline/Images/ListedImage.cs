using TinySaver.Core.Labels;

namespace TinySaver.Pipeline.Images;

/// <summary>One image of a listing.</summary>
/// <param name="Name">The blob name.</param>
/// <param name="Version">Its present version.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="Md5">The MD5 that was stored with it; null where there is none.</param>
public sealed record ListedImage(string Name, ImageVersion Version, long Length, byte[]? Md5);
