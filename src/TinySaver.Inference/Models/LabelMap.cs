namespace TinySaver.Inference.Models;

/// <summary>Translates the class indices of one model into those of another.</summary>
public sealed class LabelMap
{
    private readonly int[] _targets;

    internal LabelMap(int[] targets)
    {
        _targets = targets;
        IsIdentity = targets.Index().All(static pair => pair.Index == pair.Item);
    }

    /// <summary>Whether every index stands for itself, so that nothing needs translating.</summary>
    public bool IsIdentity { get; }

    /// <summary>The number of classes.</summary>
    public int Count => _targets.Length;

    /// <summary>The index in the other model of a class of this one.</summary>
    /// <param name="classIndex">0 to <see cref="Count"/> − 1.</param>
    public int this[int classIndex] => _targets[classIndex];

    internal static LabelMap Identity(int count) => new([.. Enumerable.Range(0, count)]);
}
