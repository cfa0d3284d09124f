namespace TinySaver.Calibration.Search;

/// <summary>What a search found. Exactly one of <see cref="Choice"/> and <see cref="NoCascade"/> is there.</summary>
/// <param name="Rule">The rule's name.</param>
/// <param name="LargeModel">The large model's name.</param>
/// <param name="Samples">Number of calibration images.</param>
/// <param name="Labelled">Whether true labels were known.</param>
/// <param name="AccuracyLarge">Accuracy of the large model alone; null without labels.</param>
/// <param name="Choice">The cascade.</param>
/// <param name="NoCascade">Why there is none.</param>
/// <param name="Candidates">
/// Every saver × measure × temperature: the chosen first, then the certified, the others, and those above ε; of each kind the lowest ΔC first
/// and those without a point last.
/// </param>
public sealed record SearchResult(
    string Rule,
    string LargeModel,
    int Samples,
    bool Labelled,
    double? AccuracyLarge,
    CascadeChoice? Choice,
    NoCascade? NoCascade,
    IReadOnlyList<CandidateResult> Candidates);
