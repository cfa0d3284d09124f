using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.ML.OnnxRuntime;
using TinySaver.Core.Names;
using TinySaver.Inference.Cascades;
using TinySaver.Pipeline.Cascades;
using TinySaver.Pipeline.Escalations;
using TinySaver.Pipeline.Images;
using TinySaver.Pipeline.Labels;
using TinySaver.Pipeline.Storage;

namespace TinySaver.Pipeline.FunctionApps;

/// <summary>Finds out whether images can be classified, and by what.</summary>
public sealed class HealthCheck(
    CascadeHost cascades, IImageStore images, ILabelStore labels, IEscalationSender escalations, IOptions<StorageOptions> storage, ILogger<HealthCheck> logger)
{
    // Nobody's: it is only asked for.
    private const string Probe = "tinysaver-health";

    /// <summary>Asks each dependency, loads the policy where it is not loaded yet, and describes it.</summary>
    public async Task<HealthReport> CheckAsync(CancellationToken cancellationToken)
    {
        var report = new HealthReport(Healthy: true, null, [], null, [], null, Versions());
        DependencyHealth[] dependencies = await Task.WhenAll(
            AskAsync("images", () => images.GetVersionAsync(Probe, cancellationToken), cancellationToken),
            AskAsync("labels", () => labels.QueryAsync(new LabelQuery(Batch: Probe), cancellationToken).AnyAsync(cancellationToken).AsTask(), cancellationToken),
            AskAsync("escalations", () => escalations.CheckAsync(cancellationToken), cancellationToken),
            AskAsync("cascade", async () => report = await DescribeAsync(report, cancellationToken).ConfigureAwait(false), cancellationToken)).ConfigureAwait(false);
        string[] errors = [.. dependencies.Where(d => d.Error is not null).Select(d => $"{d.Name}: {d.Error}")];
        return report with
        {
            Healthy = errors.Length == 0,
            Error = errors.Length == 0 ? null : string.Join(' ', errors),
            Dependencies = dependencies,
        };
    }

    private async Task<DependencyHealth> AskAsync(string name, Func<Task> ask, CancellationToken cancellationToken)
    {
        try
        {
            await ask().ConfigureAwait(false);
            return new DependencyHealth(name, null);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            Log.Unhealthy(logger, e, name);
            return new DependencyHealth(name, string.Join(' ', FunctionAppStart.Sentences(e, storage.Value.Setting).DefaultIfEmpty(e.Message)));
        }
    }

    private async Task<HealthReport> DescribeAsync(HealthReport report, CancellationToken cancellationToken)
    {
        using CascadeLease lease = await cascades.RentAsync(cancellationToken).ConfigureAwait(false);
        Cascade cascade = lease.Cascade;
        return report with
        {
            Policy = cascade.PolicyId,
            Savers = [.. cascade.Policy.Savers.Select((s, i) => new ModelHealth(
                s.Model.Name, s.Model.Sha256, s.Measure.Name(), s.Threshold, cascade.Savers[i].ExecutionProvider))],
            Large = new ModelHealth(cascade.Policy.Large.Name, cascade.Policy.Large.Sha256, null, null, null),
        };
    }

    private static Dictionary<string, string> Versions() => new()
    {
        ["tinysaver"] = typeof(HealthCheck).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown",
        ["dotnet"] = RuntimeInformation.FrameworkDescription,
        ["onnxRuntime"] = typeof(InferenceSession).Assembly.GetName().Version?.ToString(3) ?? "unknown",
    };
}
