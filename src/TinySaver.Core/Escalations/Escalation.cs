using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using TinySaver.Core.Audits;
using TinySaver.Core.Labels;
using TinySaver.Core.Pooling;

namespace TinySaver.Core.Escalations;

/// <summary>What the tiny model said about an escalated image: alone, or pooled with those before it.</summary>
/// <param name="ClassIndex">The index of its likeliest class.</param>
/// <param name="Label">The text of its likeliest class.</param>
/// <param name="Confidence">Its confidence in [0, 1] by the policy's measure.</param>
/// <param name="TopK">Its likeliest classes, likeliest first.</param>
/// <param name="Model">The tiny model's short content hash; null in messages that do not say.</param>
public sealed record TinyAnswer(int ClassIndex, string Label, double Confidence, IReadOnlyList<ClassPrediction> TopK, string? Model = null)
{
    /// <summary>The answer as a prediction.</summary>
    [JsonIgnore]
    public Prediction Prediction => new(ClassIndex, Label, (float)Confidence, TopK);
}

/// <summary>An image handed to the large model: the message on the escalation queue.</summary>
/// <remarks><see cref="EscalationJson"/> writes and reads it.</remarks>
public sealed record Escalation
{
    /// <summary>The newest version of the message format that this code reads.</summary>
    public const int NewestVersion = 2;

    /// <summary>The message's format version: 2 where it holds what is pooled, else 1, which large apps from before pooling read too.</summary>
    [JsonPropertyName("v")]
    [JsonPropertyOrder(-1)]
    public int V => Evidence is null && Pooled is null && !Safe ? 1 : NewestVersion;

    /// <summary>The image's blob container.</summary>
    public required string Container { get; init; }

    /// <summary>The image's blob name.</summary>
    public required string Name { get; init; }

    /// <summary>The ETag, without quotes, of the version that the tiny model saw.</summary>
    [JsonPropertyName("etag")]
    public required string ETag { get; init; }

    /// <summary>When that version was written.</summary>
    public required DateTimeOffset LastModified { get; init; }

    /// <summary>What the tiny model that was asked last says alone; null where the policy has no saver and every image is escalated.</summary>
    public TinyAnswer? Tiny { get; init; }

    /// <summary>The savers' pooled answer, which is a shadow's label; null where they pool none, and where the image waits for its label.</summary>
    public TinyAnswer? Pooled { get; init; }

    /// <summary>What each saver that saw the image says, in their order, for the large model to pool or for the audit; null where neither needs it.</summary>
    public IReadOnlyList<Evidence>? Evidence { get; init; }

    /// <summary>The id of the cascade policy that escalated the image.</summary>
    public required string Policy { get; init; }

    /// <summary>The tag of the image's row as the tiny stage wrote it, which spares the large stage a look at the table; null where it has to look.</summary>
    public string? Row { get; init; }

    /// <summary>When the message was made.</summary>
    public required DateTimeOffset EnqueuedAt { get; init; }

    /// <summary>Whether the image has the tiny model's label, which stays, and is escalated only to compare the models.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Shadow { get; init; }

    /// <summary>Whether the image was confident and is escalated because the guarantee is broken: its label is the large model's own.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Safe { get; init; }

    /// <summary>What the savers decided, where the image is in the audit sample; else null.</summary>
    public AuditDecision? Audit { get; init; }

    /// <summary>The batch job that escalated the image; null where its upload did.</summary>
    public string? Job { get; init; }

    /// <summary>The W3C trace parent of the tiny stage, so that one trace spans both stages.</summary>
    [JsonPropertyName("traceparent")]
    public string? TraceParent { get; init; }

    /// <summary>The W3C trace state that belongs to <see cref="TraceParent"/>.</summary>
    [JsonPropertyName("tracestate")]
    public string? TraceState { get; init; }

    /// <summary>The version of the image that the tiny model saw.</summary>
    [JsonIgnore]
    public ImageVersion Version => new(LastModified, ETag);

    /// <summary>The message's identity: the SHA-256 of <c>container/name/etag</c> in lower-case hexadecimal.</summary>
    /// <remarks>
    /// Equal for every delivery of one image version, so that a queue's duplicate detection works. Neither a container's name
    /// nor an ETag has a slash, so no two images share the text. A job's are never dropped as duplicates: it may ask again about a
    /// version that was escalated a minute ago, under another policy, and a dropped message would leave its row waiting for ever.
    /// </remarks>
    [JsonIgnore]
    public string MessageId => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        Job is null ? $"{Container}/{Name}/{ETag}" : $"{Container}/{Name}/{ETag}/{Job}/{EnqueuedAt.UtcTicks}")));
}
