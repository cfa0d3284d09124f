using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TinySaver.Inference.Cascades;
using TinySaver.Pipeline.Audits;
using TinySaver.Pipeline.Cascades;
using TinySaver.Pipeline.Escalations;
using TinySaver.Pipeline.Images;
using TinySaver.Pipeline.Jobs;
using TinySaver.Pipeline.Labels;
using TinySaver.Pipeline.Storage;

namespace TinySaver.Pipeline.FunctionApps;

/// <summary>Loads and warms up the cascade and connects to storage and queue while the app starts, so that no image waits for it, and says what runs the models.</summary>
/// <remarks>
/// In the background: the worker answers the Functions host meanwhile, which gives it 30 seconds on Flex Consumption. Where the
/// cascade cannot be loaded, the app stops, and the host starts it again; images and messages wait in their queues meanwhile,
/// instead of using up their tries.
/// </remarks>
internal sealed class WarmUpService(
    IServiceProvider services, IHostApplicationLifetime app, IOptions<CascadeSourceOptions> options, ILogger<WarmUpService> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Off the thread that starts the host.
        await Task.Yield();
        try
        {
            await WarmUpAsync(stoppingToken).ConfigureAwait(false);
        }
        catch (Exception e) when (!stoppingToken.IsCancellationRequested)
        {
            // The Functions host starts a worker again only if it ended with an error, and shows what it wrote to standard error.
            string why = FunctionAppStart.Explain(e, services.GetRequiredService<IOptions<StorageOptions>>().Value.Setting);
            Log.NotReady(logger, why);
            Environment.ExitCode = 1;
            await Console.Error.WriteLineAsync(why).ConfigureAwait(false);
            app.StopApplication();
        }
    }

    private async Task WarmUpAsync(CancellationToken stoppingToken)
    {
        // Services are not asked for in the constructor, which runs before the options are validated: all that is wrong is to
        // be told at once.
        await EnsureCreatedAsync(stoppingToken).ConfigureAwait(false);
        Task connecting = ConnectAsync(stoppingToken);
        CascadeHost cascades = services.GetRequiredService<CascadeHost>();
        using CascadeLease lease = await cascades.RentAsync(stoppingToken).ConfigureAwait(false);
        Cascade cascade = lease.Cascade;
        if (options.Value.Savers)
        {
            foreach (CascadeModel saver in cascade.Savers)
                Log.ModelReady(logger, saver.Name, saver.ShortHash, saver.ExecutionProvider);
        }

        if (options.Value.Large)
            Log.ModelReady(logger, cascade.Large.Name, cascade.Large.ShortHash, cascade.Large.ExecutionProvider);
        await connecting.ConfigureAwait(false);
    }

    // The first question to each service signs in, connects and compiles what every later one uses. What it meets is no matter: an image
    // that meets the same waits it out, and says so.
    private async Task ConnectAsync(CancellationToken stoppingToken)
    {
        try
        {
            await services.GetRequiredService<ILabelStore>().GetAsync("warm-up", stoppingToken).ConfigureAwait(false);
            if (options.Value.Savers)
                await services.GetRequiredService<IEscalationSender>().CheckAsync(stoppingToken).ConfigureAwait(false);
        }
        catch (Exception e) when (!stoppingToken.IsCancellationRequested)
        {
            Log.NotConnected(logger, e.Message);
        }
    }

    // A connection string means an emulator, which starts empty. In Azure the infrastructure makes them, and the app's identity
    // need not be allowed to.
    private async Task EnsureCreatedAsync(CancellationToken stoppingToken)
    {
        if (!string.IsNullOrEmpty(services.GetRequiredService<IOptions<StorageOptions>>().Value.ConnectionString))
        {
            await services.GetRequiredService<IImageStore>().EnsureCreatedAsync(stoppingToken).ConfigureAwait(false);
            await services.GetRequiredService<ILabelStore>().EnsureCreatedAsync(stoppingToken).ConfigureAwait(false);
            await services.GetRequiredService<IAuditStore>().EnsureCreatedAsync(stoppingToken).ConfigureAwait(false);
            if (!options.Value.Savers)
                return;

            // The tiny app works on batch jobs too.
            await services.GetRequiredService<IJobStore>().EnsureCreatedAsync(stoppingToken).ConfigureAwait(false);
            await services.GetRequiredService<IJobFiles>().EnsureCreatedAsync(stoppingToken).ConfigureAwait(false);
            await services.GetRequiredService<IJobMessages>().EnsureCreatedAsync(stoppingToken).ConfigureAwait(false);
        }
    }
}
