namespace TinySaver.Calibration.Search;

/// <summary>Everything that a search looks at: predictions of the large model and of the savers on the same images.</summary>
/// <param name="Large">The large model.</param>
/// <param name="Savers">The candidate savers, at least one.</param>
/// <param name="Labels">True class of every image, or empty where they are unknown: then agreement with the large model stands in.</param>
public sealed record SearchInput(ModelPredictions Large, IReadOnlyList<SaverPredictions> Savers, ReadOnlyMemory<int> Labels)
{
    /// <summary>
    /// A number that identifies each image whatever its row (say 8 bytes of the hash of its id), from which the split is drawn; empty to
    /// draw it from the rows' order, which must then not be sorted by anything that tells of the outcome.
    /// </summary>
    public ReadOnlyMemory<ulong> SampleKeys { get; init; }

    /// <summary>
    /// Which images select and which certify, where something has looked at outcomes before the search does: temperatures are fitted on
    /// <see cref="SampleSplit.Selection"/> of this very split (<see cref="CascadeSearch.DrawSplit"/>). Null where nothing has; the certified
    /// rule then draws a split itself where it needs one. Other rules don't look at it.
    /// </summary>
    public SampleSplit? Split { get; init; }

    /// <summary>Number of images.</summary>
    public int Samples => Large.Classes.Length;

    /// <summary>Whether true labels are known.</summary>
    public bool Labelled => !Labels.IsEmpty;
}
