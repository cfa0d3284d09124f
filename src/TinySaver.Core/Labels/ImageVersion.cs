using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace TinySaver.Core.Labels;

/// <summary>Which version of an image something was computed from: what an overwrite of the blob changes.</summary>
/// <param name="LastModified">The blob's Last-Modified time in UTC; storage gives it in whole seconds.</param>
/// <param name="ETag">The blob's ETag without quotes, as <see cref="NormalizeETag"/> makes it.</param>
public readonly record struct ImageVersion(DateTimeOffset LastModified, string ETag)
{
    /// <summary>The ETag without the quotes and the weak mark in which HTTP headers, SDKs and events dress it differently.</summary>
    public static string NormalizeETag(string etag) =>
        (etag.StartsWith("W/", StringComparison.Ordinal) ? etag[2..] : etag).Trim('"');

    /// <summary>A hash of an image's name and this version's ETag: tells versions apart in 16 bytes each, where there are millions.</summary>
    public UInt128 KeyOf(string name)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{name}\n{ETag}"), hash);
        return MemoryMarshal.Read<UInt128>(hash);
    }

    /// <summary>Negative where this version is older than the other, positive where it is newer: by <see cref="LastModified"/>, then by <see cref="ETag"/> ordinally.</summary>
    /// <remarks>
    /// ETags are opaque. Azure's happen to grow with time, Azurite's are random: two versions of one second are ordered the
    /// same everywhere by this, but not always rightly. <see cref="RowUpdate"/> therefore asks for the blob's present ETag.
    /// </remarks>
    public int CompareTo(ImageVersion other)
    {
        int byTime = LastModified.CompareTo(other.LastModified);
        return byTime != 0 ? byTime : string.CompareOrdinal(ETag, other.ETag);
    }

    /// <summary>Whether the two versions are different but their time cannot tell which is the newer: only the blob itself can.</summary>
    public bool IsAmbiguousWith(ImageVersion other) =>
        LastModified == other.LastModified && !string.Equals(ETag, other.ETag, StringComparison.Ordinal);
}
