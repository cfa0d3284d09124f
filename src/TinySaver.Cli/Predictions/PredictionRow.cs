namespace TinySaver.Cli.Predictions;

/// <summary>One line of a predictions file: one model's answer for one image. Property names in snake case are its columns.</summary>
internal sealed class PredictionRow
{
    /// <summary>Identifies the image within its data set: its path relative to the data, with forward slashes.</summary>
    public string Id { get; set; } = "";

    /// <summary>The true class's index; null where nobody knows it.</summary>
    public int? LabelIndex { get; set; }

    /// <summary>The true class's text, for people.</summary>
    public string? Label { get; set; }

    /// <summary>The predicted class's index.</summary>
    public int ClassIndex { get; set; }

    /// <summary>The predicted class's text, for people.</summary>
    public string? Class { get; set; }

    /// <summary>The confidence by max-probability, in [0, 1].</summary>
    public float? MaxProbability { get; set; }

    /// <summary>The confidence by margin, in [0, 1].</summary>
    public float? Margin { get; set; }

    /// <summary>The confidence by entropy, in [0, 1].</summary>
    public float? Entropy { get; set; }

    /// <summary>The most probable classes as <c>index:probability</c>, separated by blanks.</summary>
    public string? TopK { get; set; }

    /// <summary>All logits by class index, separated by blanks; only with <c>--logits</c>.</summary>
    public string? Logits { get; set; }

    /// <summary>Milliseconds of preprocessing and inference on the machine that recorded, one thread.</summary>
    public float? Milliseconds { get; set; }

    /// <summary>The first 16 hex digits of SHA-256 of the image file: tells the same image under another name.</summary>
    public string? ContentHash { get; set; }

    /// <summary>Multiply-accumulate operations of the model for one image.</summary>
    public long? Macs { get; set; }

    /// <summary>The model folder.</summary>
    public string? Model { get; set; }

    /// <summary>The content hash of the model folder.</summary>
    public string? ModelHash { get; set; }
}
