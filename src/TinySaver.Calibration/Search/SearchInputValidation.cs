using TinySaver.Core.Confidence;
using TinySaver.Core.Failures;

namespace TinySaver.Calibration.Search;

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
        if (input.Labelled)
            RequireLength("the labels", input.Labels.Length, samples);
        if (!input.SampleKeys.IsEmpty)
            RequireLength("the sample keys", input.SampleKeys.Length, samples);
        if (input.Split is { } split && !split.Selection.Concat(split.Certification).Order().SequenceEqual(Enumerable.Range(0, samples)))
            throw new TinySaverException($"The split does not divide the {samples} images: each must either select or certify.");

        RequireCost(input.Large.Name, input.Large.Cost);
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
                Check(saver.Name, column, samples);
        }
    }

    private static void Check(string saver, ConfidenceColumn column, int samples)
    {
        string name = $"the {column.Measure.Name()} confidence of saver '{saver}'";
        RequireLength(name, column.Values.Length, samples);
        if (!(column.Temperature > 0) || !float.IsFinite(column.Temperature))
            throw new TinySaverException($"The temperature of {name} is {column.Temperature}: it must be a positive number.");

        ReadOnlySpan<float> values = column.Values.Span;
        for (int i = 0; i < values.Length; i++)
        {
            if (values[i] is not (>= 0 and <= 1))
                throw new TinySaverException($"In row {i + 1}, {name} is {values[i]}: it must be a number between 0 and 1.");
        }
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
