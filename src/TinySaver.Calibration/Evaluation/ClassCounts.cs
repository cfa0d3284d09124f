namespace TinySaver.Calibration.Evaluation;

/// <summary>Counts how often each class is answered, for the watch of a policy's traffic.</summary>
public static class ClassCounts
{
    /// <summary>The most classes that are counted each by itself.</summary>
    public const int MostClasses = 20;

    /// <summary>The counts of the most frequent classes, by index.</summary>
    public static IReadOnlyDictionary<int, int> Of(IReadOnlyList<int> classes) => new SortedDictionary<int, int>(
        classes.CountBy(c => c).OrderByDescending(c => c.Value).ThenBy(c => c.Key).Take(MostClasses).ToDictionary());
}
