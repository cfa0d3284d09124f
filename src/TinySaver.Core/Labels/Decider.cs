namespace TinySaver.Core.Labels;

/// <summary>The model whose answer became the label.</summary>
public enum Decider
{
    /// <summary>The saver, which sees every image.</summary>
    Tiny,

    /// <summary>The large model, which sees escalated images.</summary>
    Large,
}
