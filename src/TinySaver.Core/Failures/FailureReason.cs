using System.Text.Json.Serialization;

namespace TinySaver.Core.Failures;

/// <summary>Why one image can never be classified, however often it is tried.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FailureReason>))]
public enum FailureReason
{
    /// <summary>The file has no bytes.</summary>
    [JsonStringEnumMemberName("empty")]
    Empty,

    /// <summary>The bytes are not an image in any known format.</summary>
    [JsonStringEnumMemberName("not-an-image")]
    NotAnImage,

    /// <summary>The bytes are an image in a format that is not accepted (JPEG, PNG, WebP, BMP and GIF are).</summary>
    [JsonStringEnumMemberName("unsupported-format")]
    UnsupportedFormat,

    /// <summary>The file has more bytes than the limit.</summary>
    [JsonStringEnumMemberName("too-many-bytes")]
    TooManyBytes,

    /// <summary>The header announces more pixels than the limit.</summary>
    [JsonStringEnumMemberName("too-many-pixels")]
    TooManyPixels,

    /// <summary>The header is an image's, but the pixels cannot be decoded whole: truncated or damaged.</summary>
    [JsonStringEnumMemberName("damaged")]
    Damaged,

    /// <summary>A model answered this image with numbers that are not finite, so its answer means nothing.</summary>
    [JsonStringEnumMemberName("bad-model-output")]
    BadModelOutput,

    /// <summary>The file is there but may not be read.</summary>
    [JsonStringEnumMemberName("unreadable")]
    Unreadable,

    /// <summary>The image is gone.</summary>
    [JsonStringEnumMemberName("deleted")]
    Deleted,

    /// <summary>A newer version of the image exists.</summary>
    [JsonStringEnumMemberName("superseded")]
    Superseded,

    /// <summary>The blob's name is one that no client can ask for.</summary>
    [JsonStringEnumMemberName("unusable-name")]
    UnusableName,

    /// <summary>The image failed for a transient cause until its retries were used up.</summary>
    [JsonStringEnumMemberName("retries-exhausted")]
    RetriesExhausted,

    /// <summary>A message on the escalation queue is not an escalation that this version understands.</summary>
    [JsonStringEnumMemberName("malformed-message")]
    MalformedMessage,

    /// <summary>A row gives no reason, or one that only a later version of this program knows.</summary>
    [JsonStringEnumMemberName("unknown")]
    Unknown,
}
