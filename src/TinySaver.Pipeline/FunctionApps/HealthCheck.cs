using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Microsoft.ML.OnnxRuntime;
using TinySaver.Core.Names;
using TinySaver.Inference.Cascades;
using TinySaver.Pipeline.Cascades;

namespace TinySaver.Pipeline.FunctionApps;

/// <summary>Finds out whether images can be classified, and by what.</summary>
public sealed class HealthCheck(CascadeHost cascades, ILogger<HealthCheck> logger)
{
    /// <summary>Loads the policy where it is not loaded yet, and describes it.</summary>
    public async Task<HealthReport> CheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            using CascadeLease lease = await cascades.RentAsync(cancellationToken).ConfigureAwait(false);
            return Describe(lease.Cascade);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            Log.Unhealthy(logger, e);
            return new HealthReport(Healthy: false, e.Message, null, [], null, Versions());
        }
    }

    private static HealthReport Describe(Cascade cascade) => new(
        Healthy: true,
        Error: null,
        cascade.PolicyId,
        [.. cascade.Policy.Savers.Select((s, i) => new ModelHealth(
            s.Model.Name, s.Model.Sha256, s.Measure.Name(), s.Threshold, cascade.Savers[i].ExecutionProvider))],
        new ModelHealth(cascade.Policy.Large.Name, cascade.Policy.Large.Sha256, null, null, null),
        Versions());

    private static Dictionary<string, string> Versions() => new()
    {
        ["tinysaver"] = typeof(HealthCheck).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown",
        ["dotnet"] = RuntimeInformation.FrameworkDescription,
        ["onnxRuntime"] = typeof(InferenceSession).Assembly.GetName().Version?.ToString(3) ?? "unknown",
    };
}
