namespace TinySaver.Pipeline.Reviews;

/// <summary>What a person says that an image shows.</summary>
/// <param name="Name">The whole blob name.</param>
/// <param name="ImageETag">The ETag, without quotes, of the version that was looked at.</param>
/// <param name="ClassIndex">The class, as an index into the large model's label set; null where it shows none of them.</param>
/// <param name="Label">The class's text, or <see cref="NotInTheList"/>.</param>
/// <param name="By">Who says so.</param>
/// <param name="At">When.</param>
public sealed record Review(string Name, string ImageETag, int? ClassIndex, string Label, string By, DateTimeOffset At)
{
    /// <summary>The label of an image that shows none of the classes.</summary>
    public const string NotInTheList = "not in the list";

    /// <summary>Whether the other says the same of the same version, whenever that was.</summary>
    public bool SaysAs(Review other) => this with { At = other.At } == other;
}

/// <summary>A review as the table holds it.</summary>
/// <param name="Review">The review.</param>
/// <param name="Tag">Changes with every write; the condition of the next one.</param>
public sealed record StoredReview(Review Review, string Tag);

/// <summary>What became of a review that was written.</summary>
/// <param name="Now">What the table holds now: the review, or one of somebody who judged later.</param>
/// <param name="Before">What it held before; null for nothing.</param>
public sealed record ReviewWrite(StoredReview Now, Review? Before);
