namespace TinySaver.Calibration.Search;

/// <summary>A sequence of cascades to certify in order, from the safest to the one that saves most, fixed by the images that select.</summary>
internal interface ICascadePath
{
    /// <summary>Number of cascades.</summary>
    int Count { get; }

    /// <summary>The stages of the i-th cascade.</summary>
    IReadOnlyList<StageSetting> Stages(int i);

    /// <summary>Counts losses, gains and disagreements of every cascade on some of the images.</summary>
    void CountOutcomes(IReadOnlyList<int> rows, Span<(int Losses, int Gains, int Disagreements)> counts);
}
