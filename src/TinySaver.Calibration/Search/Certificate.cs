using System.Text.Json.Serialization;
using TinySaver.Calibration.Guarantees;
using TinySaver.Core.Cascade;
using TinySaver.Core.Names;

namespace TinySaver.Calibration.Search;

/// <summary>The test result that backs the guarantee of a cascade.</summary>
/// <param name="Risk">What is bounded.</param>
/// <param name="Epsilon">The bound on the risk, as a share of all images.</param>
/// <param name="Delta">The probability with which the guarantee may fail, over the draw of the calibration images.</param>
/// <param name="Correction">How the choice among candidates was corrected for: split or Bonferroni.</param>
/// <param name="Candidates">Number of candidates that were chosen among.</param>
/// <param name="TestLevel">The level of each single test: δ, or δ / candidates.</param>
/// <param name="SelectionSamples">Images that only selected; 0 without a split.</param>
/// <param name="Samples">Images that certified.</param>
/// <param name="Losses">Of those, images that only the large model has right.</param>
/// <param name="Gains">Of those, images that only the cascade has right.</param>
/// <param name="Disagreements">Of those, images on which the two differ.</param>
/// <param name="Unlabelled">Of those, images whose true class is unknown though others are known; each counts as a loss.</param>
/// <param name="StepsTested">Thresholds (for a chain: pairs of thresholds) tested in the fixed sequence, the failing one included.</param>
/// <param name="StepsCertified">Of those, how many were certified; the last is the choice.</param>
public sealed record Certificate(
    RiskKind Risk, double Epsilon, double Delta, CandidateCorrection Correction, int Candidates, double TestLevel, int SelectionSamples,
    int Samples, int Losses, int Gains, int Disagreements, int Unlabelled, int StepsTested, int StepsCertified)
{
    /// <summary>What is guaranteed.</summary>
    [JsonIgnore]
    public Guarantee Guarantee => new(Risk, Epsilon, Delta);

    /// <summary>The guarantee as a policy records it.</summary>
    [JsonIgnore]
    public PolicyGuarantee Policy => new(
        Risk,
        Bound: Epsilon,
        Confidence: 1 - Delta,
        $"Fixed-sequence testing with an exact test on {Samples} images ({SelectionSamples} others selected among {Candidates} candidates){(Unlabelled > 0 ? $"; {Unlabelled} of {Disagreements} differences have no label and count as losses" : "")}; docs/calibration.md.");
}

/// <summary>How a certified search keeps its guarantee although it chooses among several candidates.</summary>
[JsonConverter(typeof(EnumNameConverter<CandidateCorrection>))]
public enum CandidateCorrection
{
    /// <summary>Whichever of the other two is stronger for the number of candidates.</summary>
    [JsonStringEnumMemberName("auto")]
    Auto,

    /// <summary>
    /// A share of the images fits temperatures, ranks the candidates and orders the thresholds; only the others certify, and only the best
    /// two, each at δ / 2 (one at δ where the images do not suffice for two).
    /// </summary>
    [JsonStringEnumMemberName("split")]
    Split,

    /// <summary>Every candidate is certified on all images, each at δ divided by the number of candidates, over a grid that depends on no data.</summary>
    [JsonStringEnumMemberName("bonferroni")]
    Bonferroni,
}
