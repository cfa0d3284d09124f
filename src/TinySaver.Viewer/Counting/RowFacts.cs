using TinySaver.Core.Labels;
using TinySaver.Pipeline.Labels;
using TinySaver.Pipeline.Status;

namespace TinySaver.Viewer.Counting;

/// <summary>What figures need of a row: some 150 bytes, so that a hundred thousand fit in memory with ease.</summary>
/// <param name="Status">What the status counts.</param>
/// <param name="Batch">Its batch, among <see cref="Texts"/>.</param>
/// <param name="Folder">The folder it lies in, which may name its class, among the texts.</param>
/// <param name="Label">Its label's text, among the texts.</param>
/// <param name="Job">Its batch job, among the texts.</param>
/// <param name="Policy">The policy that decided, among the texts.</param>
/// <param name="TinyModel">The tiny model asked last, among the texts.</param>
/// <param name="Class">Its label's class; −1 for none.</param>
/// <param name="TinyClass">What the tiny model says; −1 for nothing.</param>
/// <param name="LargeClass">What the large model says; −1 for nothing.</param>
/// <param name="Confidence">The label's confidence; NaN for none.</param>
/// <param name="TinyConfidence">The tiny model's confidence; NaN for none.</param>
/// <param name="Milliseconds">What the stage spent on it; NaN where it does not say.</param>
internal readonly record struct RowFacts(
    StatusFacts Status, int Batch, int Folder, int Label, int Job, int Policy, int TinyModel, int Class, int TinyClass, int LargeClass,
    float Confidence, float TinyConfidence, float Milliseconds)
{
    /// <summary>The facts of a row.</summary>
    public static RowFacts Of(StoredRow stored, Texts texts)
    {
        LabelRow row = stored.Row;
        string[] path = row.Name.Split('/');
        return new(
            StatusFacts.Of(stored), texts.Add(LabelKeys.Folder(row.Name) ?? ""), texts.Add(path.Length > 1 ? path[^2] : null), texts.Add(row.Label), texts.Add(row.Job),
            texts.Add(row.Policy), texts.Add(row.TinyModel), row.ClassIndex ?? -1, row.TinyClassIndex ?? -1, row.LargeClassIndex ?? -1,
            (float)(row.Confidence ?? double.NaN), (float)(row.TinyConfidence ?? double.NaN), (float)(row.StageMilliseconds ?? double.NaN));
    }

    /// <summary>Whether it has a label.</summary>
    public bool IsLabelled => Status.Status == LabelStatus.Labelled;

    /// <summary>Whether the large model was asked and answered.</summary>
    public bool HasLarge => LargeClass >= 0;
}

/// <summary>Texts that many rows share, each once.</summary>
internal sealed class Texts
{
    private readonly List<string> _all = [];
    private readonly Dictionary<string, int> _index = new(StringComparer.Ordinal);

    /// <summary>The text of a number; null for none.</summary>
    public string? this[int index] => index < 0 ? null : _all[index];

    /// <summary>The number of a text; −1 for none.</summary>
    public int Add(string? text)
    {
        if (text is null)
            return -1;

        if (!_index.TryGetValue(text, out int index))
        {
            index = _all.Count;
            _all.Add(text);
            _index.Add(text, index);
        }

        return index;
    }

    /// <summary>The number of a text that may not be there; −1 where it is not.</summary>
    public int Find(string? text) => text is not null && _index.TryGetValue(text, out int index) ? index : -1;
}
