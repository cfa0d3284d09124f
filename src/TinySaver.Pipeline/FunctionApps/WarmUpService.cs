using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TinySaver.Inference.Cascades;
using TinySaver.Pipeline.Cascades;

namespace TinySaver.Pipeline.FunctionApps;

/// <summary>Loads and warms up the cascade while the app starts, so that no image waits for it, and says what runs the models.</summary>
/// <remarks>
/// In the background: the worker answers the Functions host meanwhile, which gives it 30 seconds on Flex Consumption. Where the
/// cascade cannot be loaded, the app stops, and the host starts it again; images and messages wait in their queues meanwhile.
/// </remarks>
internal sealed class WarmUpService(CascadeHost cascades, IOptions<CascadeSourceOptions> options, ILogger<WarmUpService> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Off the thread that starts the host.
        await Task.Yield();
        using CascadeLease lease = await cascades.RentAsync(stoppingToken).ConfigureAwait(false);
        LoadedCascade cascade = lease.Cascade;
        if (options.Value.Savers)
        {
            foreach (CascadeModel saver in cascade.Savers.Savers)
            {
                Log.ModelReady(logger, saver.Name, saver.ShortHash, saver.ExecutionProvider);
            }
        }

        if (options.Value.Large)
        {
            Log.ModelReady(logger, cascade.Large.Name, cascade.Large.ShortHash, cascade.Large.ExecutionProvider);
        }
    }
}
