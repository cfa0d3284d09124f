namespace TinySaver.Calibration.Costs;

/// <summary>How the tiny function app works through images.</summary>
/// <param name="MemoryMegabytes">Instance memory: 512, 2048 or 4096.</param>
/// <param name="SecondsPerImage">Time of one image from trigger to row, while others are in flight beside it.</param>
/// <param name="InFlight">Images that one instance works on at the same time, at least 1.</param>
/// <param name="ImagesPerActivity">Images of one period of activity, the time in which an instance is never idle; at least 1.</param>
public sealed record TinyWorkload(int MemoryMegabytes, double SecondsPerImage, double InFlight, double ImagesPerActivity);
