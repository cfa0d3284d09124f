using TinySaver.Core.Failures;

namespace TinySaver.Calibration.Planning;

/// <summary>How Azure delivers, scales and starts, in seconds. An input: <see cref="Facts"/> says where each default is from, and what is assumed should be measured.</summary>
public sealed record Platform
{
    /// <summary>From the upload to the moment when the app's queue holds its event.</summary>
    public double EventSeconds { get; init; } = 1;

    /// <summary>Between two looks of Flex Consumption at what waits.</summary>
    public double FlexLookSeconds { get; init; } = 10;

    /// <summary>Instances that Flex Consumption adds, or removes, at most after a look.</summary>
    public double FlexInstancesPerLook { get; init; } = 4;

    /// <summary>From the decision for an instance to its first image.</summary>
    public double FlexStartSeconds { get; init; } = 5;

    /// <summary>How long an instance stays after it was needed last.</summary>
    public double FlexStaySeconds { get; init; } = 60;

    /// <summary>Between two looks of Container Apps at the queue's length.</summary>
    public double KedaPollSeconds { get; init; } = 30;

    /// <summary>How long a replica stays after it was needed last.</summary>
    public double CooldownSeconds { get; init; } = 300;

    /// <summary>From the decision for a replica without a GPU to its first batch.</summary>
    public double ReplicaStartSeconds { get; init; } = 60;

    /// <summary>From the decision for a replica with a GPU to its first batch.</summary>
    public double GpuReplicaStartSeconds { get; init; } = 300;

    /// <summary>What a batch of the large model takes beside its images: receiving, settling, launching.</summary>
    public double BatchSeconds { get; init; } = 0.05;

    /// <summary>Every number with its source, in the order of the way of an image.</summary>
    public IReadOnlyList<PlatformFact> Facts =>
    [
        new(nameof(EventSeconds), EventSeconds, "assumed; Event Grid promises no time"),
        new(nameof(FlexLookSeconds), FlexLookSeconds, "assumed: between a second and half a minute, the least between two new instances for HTTP and for other triggers of the Consumption plan (event-driven scaling)"),
        new(nameof(FlexInstancesPerLook), FlexInstancesPerLook, "four at a time (target-based scaling, Functions documentation)"),
        new(nameof(FlexStartSeconds), FlexStartSeconds, "assumed, models loaded; the platform ends what has not started after 30 s"),
        new(nameof(FlexStaySeconds), FlexStaySeconds, "assumed; idle instances cost nothing"),
        new(nameof(KedaPollSeconds), KedaPollSeconds, "Container Apps, pollingInterval's default (SDK reference of Scale)"),
        new(nameof(CooldownSeconds), CooldownSeconds, "Container Apps, cooldownPeriod's default (SDK reference of Scale)"),
        new(nameof(ReplicaStartSeconds), ReplicaStartSeconds, "assumed; starts from zero of a small image took 37 s in the median of five (azure-paas-troubleshooting-labs, April 2026)"),
        new(nameof(GpuReplicaStartSeconds), GpuReplicaStartSeconds, "assumed: an image of several gigabytes, without artifact streaming"),
        new(nameof(BatchSeconds), BatchSeconds, "assumed: a receive, a settlement and a launch"),
    ];

    /// <summary>Refuses what is no time, and looks without time between them.</summary>
    /// <exception cref="TinySaverException">A number is out of range.</exception>
    public Platform Checked()
    {
        foreach (PlatformFact fact in Facts)
        {
            bool positive = fact.Name is nameof(FlexLookSeconds) or nameof(FlexInstancesPerLook) or nameof(KedaPollSeconds);
            if (!double.IsFinite(fact.Value) || fact.Value < (positive ? 0.01 : 0))
                throw new TinySaverException(FormattableString.Invariant($"The platform's {fact.Name} is {fact.Value}: it must be {(positive ? "at least 0.01" : "0 or more")}."));
        }

        return FlexInstancesPerLook >= 1 ? this : throw new TinySaverException(FormattableString.Invariant($"The platform's {nameof(FlexInstancesPerLook)} is {FlexInstancesPerLook}: it must be at least 1."));
    }
}

/// <summary>A number of the platform.</summary>
/// <param name="Name">Its name, which ends in its unit.</param>
/// <param name="Value">The number.</param>
/// <param name="Source">Where its default is from.</param>
public sealed record PlatformFact(string Name, double Value, string Source);
