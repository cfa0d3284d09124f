namespace TinySaver.Pipeline.Images;

/// <summary>What blob storage makes of a name.</summary>
public static class BlobNames
{
    // Azure's limit.
    internal const int MaxLength = 1024;

    /// <summary>The name under which storage keeps a blob: it turns every backslash into a slash, and says so nowhere.</summary>
    /// <remarks>Listings, events and so the rows have that name; whoever looks for a name that a person typed must do the same.</remarks>
    public static string Normalize(string name) =>
        name.Replace('\\', '/');

    /// <summary>Whether clients that ask for the blob get another one or none: in a web address <c>a/../b</c> means <c>b</c>.</summary>
    public static bool IsOutOfReach(string name) =>
        name.Split('/').Any(segment => segment is "." or "..");

    /// <summary>Why no blob should get the name, as the end of a sentence that begins with it; null where it may.</summary>
    /// <remarks>Storage takes control characters and what Unicode calls no character; many a tool that lists or shows the blob does not.</remarks>
    public static string? Problem(string name) => name switch
    {
        { Length: > MaxLength } => $"has {name.Length} characters; at most {MaxLength} are allowed",
        _ when IsOutOfReach(name) => "has '.' or '..' between its slashes, which web addresses leave out, so that another blob would be asked for",
        _ when name.Any(char.IsControl) => "has a control character, which listings and terminals do not bear",
        _ when name.AsSpan().IndexOfAny('\uFFFE', '\uFFFF') >= 0 => "has U+FFFE or U+FFFF, which are no characters",
        _ => null,
    };
}
