namespace TinySaver.Calibration.Costs;

/// <summary>What it takes, an image, until the tiny app knows of it and everybody knows what became of it: all but reading the image and writing its row.</summary>
/// <remarks>An upload is announced by the blob trigger, the images of a batch job by a message for 64 of them.</remarks>
/// <param name="QueueOperations">Operations on Storage queues.</param>
/// <param name="BlobReads">Reads of blobs, and looks at them.</param>
/// <param name="BlobWrites">Writes and listings of blobs, which cost the same.</param>
/// <param name="TableOperations">Operations on tables; a transaction is one.</param>
/// <param name="Events">Event Grid operations.</param>
/// <param name="Executions">Executions of functions.</param>
public sealed record AnnouncementCost(
    double QueueOperations, double BlobReads, double BlobWrites, double TableOperations, double Events, double Executions)
{
    private const double Part = 1 / 64.0;

    /// <summary>An upload: the trigger puts each event into a queue of its own, gets it, deletes it, and looks at the blob (source of the storage extension).</summary>
    public static AnnouncementCost OfUpload { get; } = new(3, 1, 0, 0, 1, 1);

    /// <summary>An image of a batch job: a look at its row, a part of a page and of a result file, and a 64th of what a part takes; a test counts it.</summary>
    public static AnnouncementCost OfJob { get; } = new(3 * Part, 0, (1 / 1_000.0) + (1 / 16_384.0), 1 + (5 * Part), 0, Part);

    /// <summary>Operations on storage.</summary>
    public double Operations => QueueOperations + BlobReads + BlobWrites + TableOperations;

    /// <summary>US dollars for a million images.</summary>
    public double PerMillion(Prices prices) =>
        (100 * ((QueueOperations * prices.PerTenThousandStorageQueueOperations) + (BlobReads * prices.PerTenThousandBlobReads)
            + (BlobWrites * prices.PerTenThousandBlobWrites) + (TableOperations * prices.PerTenThousandTableWrites)))
        + (Events * prices.PerMillionEvents) + (Executions * prices.Function.PerMillionExecutions);
}
