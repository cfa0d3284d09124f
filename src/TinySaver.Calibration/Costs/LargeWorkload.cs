namespace TinySaver.Calibration.Costs;

/// <summary>How the large model's container works through images.</summary>
/// <param name="VirtualCpus">vCPUs of a replica: 8 for Azure's T4 profile.</param>
/// <param name="MemoryGibibytes">Memory of a replica: 56 GiB for Azure's T4 profile.</param>
/// <param name="SecondsPerImage">Time of one image, a batch's time divided by its images.</param>
/// <param name="Utilisation">Share of the replica's paid time in which it works on images, in (0, 1]; the rest is starting and waiting.</param>
public sealed record LargeWorkload(double VirtualCpus, double MemoryGibibytes, double SecondsPerImage, double Utilisation);
