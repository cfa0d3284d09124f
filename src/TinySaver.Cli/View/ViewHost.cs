using System.ComponentModel;
using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using TinySaver.Calibration.Costs;
using TinySaver.Cli.Accounts;
using TinySaver.Cli.Costs;
using TinySaver.Cli.Output;
using TinySaver.Core.Failures;
using TinySaver.Core.Jobs;
using TinySaver.Pipeline;
using TinySaver.Pipeline.Cascades;
using TinySaver.Viewer;

namespace TinySaver.Cli.View;

/// <summary>Serves the page for an account and the pipeline that is put together for it.</summary>
internal static class ViewHost
{
    /// <summary>Starts it and says where it is.</summary>
    /// <exception cref="TinySaverException">The port is taken.</exception>
    public static async Task<ViewerServer> StartAsync(
        Terminal terminal, StorageAccount account, IServiceProvider services, (ViewerOptions Options, bool Open) view, MoneySettings money, CancellationToken cancellationToken)
    {
        var sources = new ViewerSources(
            account.Name, account.Images, account.Labels, account.Jobs, account.Reviews, account.Escalations, account.Audits, account.Watches,
            services.GetRequiredService<ICascadeFiles>(), services.GetRequiredService<CascadeHost>(), services.GetRequiredService<IOptions<PipelineOptions>>().Value)
        {
            Estimate = (tiny, large) => Estimate(money, tiny, large),
        };
        ViewerServer server = await ViewerServer.StartAsync(sources, view.Options, TimeProvider.System, cancellationToken);
        terminal.Say($"Page: {server.Url}");
        if (view.Open)
            Open(terminal, server.Url);

        return server;
    }

    // An estimate is linear in the exit rate, so its two ends say what an image and an escalation cost.
    private static JobPrices? Estimate(MoneySettings money, double tinyMilliseconds, double largeMilliseconds)
    {
        try
        {
            (double noExit, double largeOnly) = At(0);
            (double allExit, _) = At(1);
            return new(allExit, noExit - allExit, largeOnly);
        }
        catch (TinySaverException)
        {
            // A prices file that the model of costs does not take: the page then says no money.
            return null;
        }

        (double Cascade, double LargeOnly) At(double exitRate)
        {
            CostEstimate estimate = CostModel.Estimate(money.Tiny(tinyMilliseconds), money.Large(largeMilliseconds), exitRate, money.Prices);
            return (estimate.CascadePerMillion, estimate.LargeOnlyPerMillion);
        }
    }

    private static void Open(Terminal terminal, Uri url)
    {
        try
        {
            using var browser = Process.Start(new ProcessStartInfo(url.ToString()) { UseShellExecute = true });
        }
        catch (Exception error) when (error is Win32Exception or InvalidOperationException or PlatformNotSupportedException)
        {
            terminal.Warn($"No browser could be opened: {error.Message} Open the address yourself.");
        }
    }
}
