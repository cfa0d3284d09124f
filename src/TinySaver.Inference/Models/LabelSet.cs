using System.Globalization;

namespace TinySaver.Inference.Models;

/// <summary>The classes of a model in the order of its output columns.</summary>
/// <remarks>The index is a class's identity; the text is for people and may occur twice (ImageNet-1k has two "crane").</remarks>
/// <param name="texts">One text a class, by class index; at least one.</param>
/// <exception cref="InvalidModelException">No texts.</exception>
public sealed class LabelSet(IEnumerable<string> texts)
{
    // Enough to recognise which list is wrong, few enough for one line.
    private const int MaxDifferencesShown = 5;

    private readonly string[] _texts = texts.ToArray() is { Length: > 0 } some
        ? some
        : throw new InvalidModelException("A label list has no labels; expected one a class.");

    /// <summary>The number of classes.</summary>
    public int Count => _texts.Length;

    /// <summary>The texts by class index.</summary>
    public IReadOnlyList<string> Texts => _texts;

    /// <summary>The text of a class.</summary>
    /// <param name="classIndex">0 to <see cref="Count"/> − 1.</param>
    public string this[int classIndex] => _texts[classIndex];

    /// <summary>How the class indices of this list correspond to those of another; messages call both by their names, such as the model folders'.</summary>
    /// <returns>For each class of this list its index in the other, by text; empty where the lists are equal, so that nothing needs translating.</returns>
    /// <exception cref="InvalidModelException">The lists differ in more than order, or in order while a text occurs twice.</exception>
    public int[] MapTo(LabelSet other, string name, string otherName)
    {
        if (_texts.AsSpan().SequenceEqual(other._texts))
            return [];

        List<string> missingThere = Except(other);
        List<string> missingHere = other.Except(this);
        if (missingThere.Count > 0 || missingHere.Count > 0)
        {
            throw new InvalidModelException(string.Create(CultureInfo.InvariantCulture,
                $"The models '{name}' ({Count} labels) and '{otherName}' ({other.Count} labels) do not have the same label set: ") +
                $"{OnlyIn(name, missingThere)}; {OnlyIn(otherName, missingHere)}. Use models trained on the same classes, or correct the labels in config.json.");
        }

        var indices = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int index = 0; index < other.Count; index++)
        {
            if (!indices.TryAdd(other[index], index))
            {
                throw new InvalidModelException(
                    $"The models '{name}' and '{otherName}' list the same labels in different orders, and '{other[index]}' occurs more than once, " +
                    "so its classes cannot be told apart by name; give both models the same order or distinct labels in config.json.");
            }
        }

        return [.. _texts.Select(text => indices[text])];
    }

    // Multiset difference: a text that occurs twice here and once there is missing once.
    private List<string> Except(LabelSet other)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (string text in other._texts)
            counts[text] = counts.GetValueOrDefault(text) + 1;
        var missing = new List<string>();
        foreach (string text in _texts)
        {
            if (counts.GetValueOrDefault(text) is var left && left > 0)
                counts[text] = left - 1;
            else
                missing.Add(text);
        }

        return missing;
    }

    private static string OnlyIn(string name, List<string> texts)
    {
        if (texts.Count == 0)
            return $"none only in '{name}'";
        string shown = string.Join(", ", texts.Take(MaxDifferencesShown).Select(static text => $"'{Shortened(text)}'"));
        string more = texts.Count > MaxDifferencesShown ? $" and {texts.Count - MaxDifferencesShown} more" : "";
        return $"only in '{name}': {shown}{more}";
    }

    private static string Shortened(string text) => text.Length <= 40 ? text : text[..39] + "…";
}
