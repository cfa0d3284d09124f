namespace TinySaver.Calibration.Costs;

/// <summary>Prices of one replica of a container app, per second that it runs.</summary>
/// <param name="Gpu">US dollars per GPU second; 0 without a GPU.</param>
/// <param name="VirtualCpu">US dollars per vCPU second.</param>
/// <param name="Gibibyte">US dollars per GiB of memory and second.</param>
public sealed record ReplicaPrices(double Gpu, double VirtualCpu, double Gibibyte);
