namespace TinySaver.Core.Cascade;

/// <summary>How a policy came to be, so that it can be made again.</summary>
public sealed record PolicyProvenance
{
    /// <summary>The command line that wrote the policy.</summary>
    public string? Command { get; init; }

    /// <summary>The version of the tool.</summary>
    public string? Tool { get; init; }

    /// <summary>When it was written.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>The seed of the split and of the sample order.</summary>
    public int? Seed { get; init; }

    /// <summary>SHA-256 of the calibration set's sorted sample identities.</summary>
    public string? CalibrationData { get; init; }

    /// <summary>
    /// A bottom-k sketch of the calibration set: the smallest 64-bit sample hashes, base64, little-endian. By it a later
    /// evaluation sees that its test images were calibrated on.
    /// </summary>
    public string? CalibrationSketch { get; init; }
}
