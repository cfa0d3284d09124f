namespace TinySaver.Core.Failures;

/// <summary>The names of <see cref="FailureReason"/> values as rows, metrics and output show them.</summary>
public static class FailureReasons
{
    /// <summary>The reason's name, in kebab case: <c>not-an-image</c>, <c>too-many-pixels</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not a defined reason.</exception>
    public static string Name(this FailureReason reason) => reason switch
    {
        FailureReason.Empty => "empty",
        FailureReason.NotAnImage => "not-an-image",
        FailureReason.UnsupportedFormat => "unsupported-format",
        FailureReason.TooManyBytes => "too-many-bytes",
        FailureReason.TooManyPixels => "too-many-pixels",
        FailureReason.Damaged => "damaged",
        FailureReason.BadModelOutput => "bad-model-output",
        FailureReason.Unreadable => "unreadable",
        FailureReason.Deleted => "deleted",
        FailureReason.Superseded => "superseded",
        FailureReason.RetriesExhausted => "retries-exhausted",
        FailureReason.MalformedMessage => "malformed-message",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "Not a defined failure reason."),
    };
}
