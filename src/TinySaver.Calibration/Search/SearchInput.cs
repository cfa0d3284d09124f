using TinySaver.Calibration.Pooling;
using TinySaver.Calibration.Sweeps;
using TinySaver.Core.Confidence;
using TinySaver.Core.Failures;
using TinySaver.Core.Names;

namespace TinySaver.Calibration.Search;

/// <summary>Everything that a search looks at: predictions of the large model and of the savers on the same images.</summary>
/// <param name="Large">The large model.</param>
/// <param name="Savers">The candidate savers, at least one.</param>
/// <param name="Labels">
/// True class of every image, −1 where unknown: what saver and large model differ on there counts as a loss. Empty without labels: then agreement
/// with the large model stands in.
/// </param>
public sealed record SearchInput(ModelPredictions Large, IReadOnlyList<SaverPredictions> Savers, ReadOnlyMemory<int> Labels)
{
    /// <summary>
    /// A number that identifies each image whatever its row (say 8 bytes of the hash of its id), from which the split is drawn; empty to
    /// draw it from the rows' order, which must then not be sorted by anything that tells of the outcome.
    /// </summary>
    public ReadOnlyMemory<ulong> SampleKeys { get; init; }

    /// <summary>
    /// Which images select and which certify, where something has looked at outcomes before the search does: temperatures are fitted on
    /// <see cref="SampleSplit.Selection"/> of this very split (<see cref="SearchRule.DrawSplit"/>). Null where nothing has; the certified
    /// rule then draws a split itself where it needs one. Other rules don't look at it.
    /// </summary>
    public SampleSplit? Split { get; init; }

    /// <summary>Number of images.</summary>
    public int Samples => Large.Classes.Length;

    /// <summary>How far the images are labelled.</summary>
    public Labelling Labelling => Labellings.Of(Labels.Span);
}

/// <summary>The large model's answers on the calibration images.</summary>
/// <param name="Name">The model's name in output.</param>
/// <param name="Cost">Cost of one image in any unit that the savers share (MACs, milliseconds, money), above 0.</param>
/// <param name="Classes">Predicted class of every image.</param>
/// <param name="Evidence">What it says of every image, for pooling; null where only its classes are known.</param>
public sealed record ModelPredictions(string Name, double Cost, ReadOnlyMemory<int> Classes, EvidenceTable? Evidence = null);

/// <summary>A candidate saver's answers on the calibration images.</summary>
/// <param name="Name">The saver's name; unique within a search.</param>
/// <param name="Cost">Cost of one image, in the large model's unit, above 0.</param>
/// <param name="Classes">Predicted class of every image, in the order of the large model's.</param>
/// <param name="Confidences">One column for each measure and temperature to try; at least one.</param>
public sealed record SaverPredictions(string Name, double Cost, ReadOnlyMemory<int> Classes, IReadOnlyList<ConfidenceColumn> Confidences);

/// <summary>A saver's confidence on every image, under one measure and temperature.</summary>
/// <param name="Measure">The measure.</param>
/// <param name="Temperature">The temperature that the probabilities were made with; 1 for the model's own.</param>
/// <param name="Values">Confidence of every image, in [0, 1].</param>
/// <param name="Evidence">What the saver says of every image at that temperature, for pooling; null where only its classes are known. Columns of one temperature share it.</param>
public sealed record ConfidenceColumn(ConfidenceMeasure Measure, float Temperature, ReadOnlyMemory<float> Values, EvidenceTable? Evidence = null);

/// <summary>Refuses inputs of a search that cannot mean anything, each with one clear sentence.</summary>
public static class SearchInputValidation
{
    /// <summary>Checks an input.</summary>
    /// <exception cref="TinySaverException">There are no images or savers, lengths differ, names repeat, or a cost or confidence is out of range.</exception>
    public static void Check(SearchInput input)
    {
        int samples = input.Samples;
        if (samples == 0)
            throw new TinySaverException("There are no images to search on: the large model's predictions are empty.");
        if (input.Savers.Count == 0)
            throw new TinySaverException("There is no saver to search among: name at least one.");
        if (!input.Labels.IsEmpty)
            RequireLength("the labels", input.Labels.Length, samples);
        if (!input.SampleKeys.IsEmpty)
            RequireLength("the sample keys", input.SampleKeys.Length, samples);
        if (input.Split is { } split && !split.Selection.Concat(split.Certification).Order().SequenceEqual(Enumerable.Range(0, samples)))
            throw new TinySaverException($"The split does not divide the {samples} images: each must either select or certify.");

        RequireCost(input.Large.Name, input.Large.Cost);
        RequireEvidence(input.Large.Name, input.Large.Evidence, input);
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (SaverPredictions saver in input.Savers)
        {
            if (!names.Add(saver.Name))
                throw new TinySaverException($"Two savers are called '{saver.Name}': give each its own name.");

            RequireCost(saver.Name, saver.Cost);
            RequireLength($"the predictions of saver '{saver.Name}'", saver.Classes.Length, samples);
            if (saver.Confidences.Count == 0)
                throw new TinySaverException($"Saver '{saver.Name}' has no confidence: record at least one measure.");

            foreach (ConfidenceColumn column in saver.Confidences)
                Check(saver.Name, column, input);
        }
    }

    private static void Check(string saver, ConfidenceColumn column, SearchInput input)
    {
        string name = $"the {column.Measure.Name()} confidence of saver '{saver}'";
        RequireLength(name, column.Values.Length, input.Samples);
        if (!(column.Temperature > 0) || !float.IsFinite(column.Temperature))
            throw new TinySaverException($"The temperature of {name} is {column.Temperature}: it must be a positive number.");

        RequireEvidence(saver, column.Evidence, input);
        ReadOnlySpan<float> values = column.Values.Span;
        for (int i = 0; i < values.Length; i++)
        {
            if (values[i] is not (>= 0 and <= 1))
                throw new TinySaverException($"In row {i + 1}, {name} is {values[i]}: it must be a number between 0 and 1.");
        }
    }

    private static void RequireEvidence(string model, EvidenceTable? evidence, SearchInput input)
    {
        if (evidence is null)
            return;

        RequireLength($"the evidence of model '{model}'", evidence.Count, input.Samples);
        if (input.Large.Evidence is { } large && large.ClassCount != evidence.ClassCount)
            throw new TinySaverException($"The evidence of model '{model}' is of {evidence.ClassCount} classes, the large model's of {large.ClassCount}: all models of a cascade have the same classes.");
    }

    private static void RequireLength(string what, int length, int samples)
    {
        if (length != samples)
        {
            throw new TinySaverException(
                $"There are {length} values in {what}, but the large model predicted {samples} images: both must cover the same samples.");
        }
    }

    private static void RequireCost(string model, double cost)
    {
        if (!(cost > 0) || !double.IsFinite(cost))
            throw new TinySaverException($"The cost of model '{model}' is {cost}: it must be a positive number, such as its MACs for one image.");
    }
}
