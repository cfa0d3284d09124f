namespace TinySaver.Core.Failures;

/// <summary>Why one image can never be classified, however often it is tried.</summary>
public enum FailureReason
{
    /// <summary>The file has no bytes.</summary>
    Empty,

    /// <summary>The bytes are not an image in any known format.</summary>
    NotAnImage,

    /// <summary>The bytes are an image in a format that is not accepted (JPEG, PNG, WebP, BMP and GIF are).</summary>
    UnsupportedFormat,

    /// <summary>The file has more bytes than the limit.</summary>
    TooManyBytes,

    /// <summary>The header announces more pixels than the limit.</summary>
    TooManyPixels,

    /// <summary>The header is an image's, but the pixels cannot be decoded whole: truncated or damaged.</summary>
    Damaged,

    /// <summary>A model answered this image with numbers that are not finite, so its answer means nothing.</summary>
    BadModelOutput,

    /// <summary>The file is there but may not be read.</summary>
    Unreadable,

    /// <summary>The image is gone.</summary>
    Deleted,

    /// <summary>A newer version of the image exists.</summary>
    Superseded,

    /// <summary>The image failed for a transient cause until its retries were used up.</summary>
    RetriesExhausted,

    /// <summary>A message on the escalation queue is not an escalation that this version understands.</summary>
    MalformedMessage,
}
