namespace TinySaver.Pipeline.Images;

/// <summary>What blob storage makes of a name.</summary>
public static class BlobNames
{
    /// <summary>The name under which storage keeps a blob: it turns every backslash into a slash, and says so nowhere.</summary>
    /// <remarks>Listings, events and so the rows have that name; whoever looks for a name that a person typed must do the same.</remarks>
    public static string Normalize(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.Replace('\\', '/');
    }
}
