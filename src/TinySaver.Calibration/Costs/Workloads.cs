namespace TinySaver.Calibration.Costs;

/// <summary>How the tiny function app works through images.</summary>
/// <param name="MemoryMegabytes">Instance memory: 512, 2048 or 4096.</param>
/// <param name="SecondsPerImage">Time of one image from trigger to row, while others are in flight beside it.</param>
/// <param name="InFlight">Images that one instance works on at the same time, at least 1.</param>
/// <param name="ImagesPerActivity">Images of one period of activity, the time in which an instance is never idle; at least 1.</param>
public sealed record TinyWorkload(int MemoryMegabytes, double SecondsPerImage, double InFlight, double ImagesPerActivity);

/// <summary>How the large model's container works through images.</summary>
/// <param name="VirtualCpus">vCPUs of a replica: 8 for Azure's T4 profile.</param>
/// <param name="MemoryGibibytes">Memory of a replica: 56 GiB for Azure's T4 profile.</param>
/// <param name="SecondsPerImage">Time of one image, a batch's time divided by its images.</param>
/// <param name="Utilisation">Share of the replica's paid time in which it works on images, in (0, 1]; the rest is starting and waiting.</param>
public sealed record LargeWorkload(double VirtualCpus, double MemoryGibibytes, double SecondsPerImage, double Utilisation);
