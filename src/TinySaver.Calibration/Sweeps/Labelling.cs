namespace TinySaver.Calibration.Sweeps;

/// <summary>Of how many images the true class is known.</summary>
public enum Labelling
{
    /// <summary>Of none: agreement with the large model stands in for accuracy.</summary>
    None,

    /// <summary>Of some: where saver and large model differ on another, the worst is taken for it, a loss.</summary>
    Some,

    /// <summary>Of all.</summary>
    All,
}

/// <summary>Tells how far images are labelled.</summary>
public static class Labellings
{
    /// <summary>What stands for a true class that is unknown.</summary>
    public const int Unknown = -1;

    /// <summary>How far images are labelled.</summary>
    /// <param name="labels">True class of every image, −1 where unknown; empty to leave labels out of account.</param>
    public static Labelling Of(ReadOnlySpan<int> labels) =>
        labels.IsEmpty ? Labelling.None : labels.Contains(Unknown) ? Labelling.Some : Labelling.All;
}
