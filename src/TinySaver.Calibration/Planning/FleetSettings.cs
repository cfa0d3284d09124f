namespace TinySaver.Calibration.Planning;

/// <summary>Instances of one kind before one queue: how they work, and when there are more or fewer.</summary>
/// <param name="Slots">Pieces of work that an instance has in hand at most, each of up to <see cref="Batch"/> images.</param>
/// <param name="Batch">Images of a piece of work at most; it takes what waits and never waits for more.</param>
/// <param name="Seconds">The seconds of a piece of work: by the pieces that its instance has in hand with it, and by its images.</param>
/// <param name="Minimum">Instances that never stop.</param>
/// <param name="Maximum">Instances at most, at least 1.</param>
/// <param name="Scale">When there are more or fewer.</param>
public sealed record FleetSettings(int Slots, int Batch, Func<int, int, double> Seconds, int Minimum, int Maximum, ScaleSettings Scale);

/// <summary>Scaling to a target: images waiting and in hand, by the images that one instance is there for.</summary>
/// <param name="LookSeconds">Between two looks.</param>
/// <param name="ImagesPerInstance">The target.</param>
/// <param name="StartSeconds">From the decision for an instance to its first piece of work; paid for.</param>
/// <param name="StaySeconds">How long an instance stays after it was needed last.</param>
/// <param name="Next">Instances at most after a look, by those that there are.</param>
/// <param name="Fewer">Instances fewer at most after a look.</param>
public sealed record ScaleSettings(double LookSeconds, double ImagesPerInstance, double StartSeconds, double StaySeconds, Func<int, int> Next, int Fewer);

/// <summary>The tiny app's settings and its work.</summary>
/// <param name="MemoryMegabytes">Memory of an instance: 512, 2048 or 4096.</param>
/// <param name="VirtualCpus">vCPUs of an instance: 0.25, 1 or 2, as the memory.</param>
/// <param name="InFlight">Images in flight in one instance.</param>
/// <param name="CpuSeconds">CPU seconds of an image.</param>
/// <param name="WaitingSeconds">Seconds that an image waits for storage and table.</param>
/// <param name="MaximumInstances">Instances at most.</param>
public sealed record TinySettings(int MemoryMegabytes, double VirtualCpus, int InFlight, double CpuSeconds, double WaitingSeconds, int MaximumInstances)
{
    // What docs/operate.md measured, whatever was in flight: the process with its models, and as much again as PipelineOptions lets images take encoded.
    private const double ProcessMegabytes = 175 + 134;
    private const double PixelBytes = 4;

    /// <summary>The memory in MB that an instance needs for images of so many megapixels, of which each processor decodes one.</summary>
    public double NeededMegabytes(double megapixels) => ProcessMegabytes + (PixelBytes * megapixels * Math.Ceiling(VirtualCpus));

    /// <summary>The seconds of an image among others in flight: an image is computed by one thread, and all of them share the CPU.</summary>
    public double Seconds(int inFlight) => Math.Max(inFlight * CpuSeconds / VirtualCpus, (CpuSeconds / Math.Min(1, VirtualCpus)) + WaitingSeconds);

    /// <summary>The instances.</summary>
    public FleetSettings Fleet(Platform platform) => new(InFlight, 1, (inFlight, _) => Seconds(inFlight), 0, MaximumInstances, new(
        platform.FlexLookSeconds, InFlight, platform.FlexStartSeconds, platform.FlexStaySeconds, count => count + (int)platform.FlexInstancesPerLook, (int)platform.FlexInstancesPerLook));
}

/// <summary>The large app's settings and its work.</summary>
/// <param name="Batch">Images that the model sees at once.</param>
/// <param name="ImageSeconds">Seconds of an image in a full batch.</param>
/// <param name="MinimumReplicas">Replicas that never sleep.</param>
/// <param name="MaximumReplicas">Replicas at most.</param>
/// <param name="Gpu">Whether a replica has a GPU, and takes as long to start.</param>
public sealed record LargeSettings(int Batch, double ImageSeconds, int MinimumReplicas, int MaximumReplicas, bool Gpu)
{
    private const double FiveMinutes = 300;

    /// <summary>Waiting images for which another replica starts: what one does in five minutes, as it is paid for five minutes more than it works.</summary>
    public int MessagesPerReplica => Math.Max(1, (int)Math.Round(FiveMinutes / ImageSeconds));

    /// <summary>Seconds that a replica works on an image of a full batch.</summary>
    public double BusySeconds(Platform platform) => (platform.BatchSeconds / Batch) + ImageSeconds;

    /// <summary>The same replicas where so many images come as one.</summary>
    public LargeSettings Lumped(int images) => this with { Batch = Batch / images, ImageSeconds = ImageSeconds * images };

    /// <summary>The replicas.</summary>
    public FleetSettings Fleet(Platform platform) => new(1, Batch, (_, images) => platform.BatchSeconds + (images * ImageSeconds), MinimumReplicas, MaximumReplicas, new(
        platform.KedaPollSeconds, MessagesPerReplica, Gpu ? platform.GpuReplicaStartSeconds : platform.ReplicaStartSeconds, platform.CooldownSeconds, Next, MaximumReplicas));

    // As documented for Container Apps: one, then four, then twice as many at a time.
    private static int Next(int count) => count == 0 ? 1 : count < 4 ? 4 : 2 * count;
}
