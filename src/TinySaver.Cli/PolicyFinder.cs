using TinySaver.Core.Failures;

namespace TinySaver.Cli;

/// <summary>Finds the cascade policy when no option names one.</summary>
internal static class PolicyFinder
{
    private static readonly string[] Places = ["cascade.json", "samples/cascade.json"];

    /// <summary>The policy that was named, or else the first found in this folder or one above it.</summary>
    /// <exception cref="TinySaverException">None was named and none is found.</exception>
    public static string Find(string? named)
    {
        if (named is not null)
            return named;

        string here = Directory.GetCurrentDirectory();
        for (string? folder = here; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (Places.Select(p => Path.Combine(folder, p)).FirstOrDefault(File.Exists) is { } found)
                return Path.GetRelativePath(here, found);
        }

        throw new TinySaverException("There is no cascade.json here or in a folder above; name one with --policy, or let `tinysaver search` write one.");
    }
}
