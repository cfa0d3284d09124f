namespace TinySaver.Core.Labels;

/// <summary>Where an image stands in the pipeline, as its row in the labels table says.</summary>
public enum LabelStatus
{
    /// <summary>The tiny model was not confident; the large model has not answered yet.</summary>
    Escalated,

    /// <summary>The image can never be classified, or its retries are used up; the row's reason says why.</summary>
    Failed,

    /// <summary>The image has its label.</summary>
    Labelled,
}
