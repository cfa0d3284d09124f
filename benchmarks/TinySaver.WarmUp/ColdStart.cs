using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TinySaver.Core.Cascade;
using TinySaver.Inference.Cascades;
using TinySaver.Pipeline;
using TinySaver.Pipeline.Cascades;
using TinySaver.Pipeline.FunctionApps;
using TinySaver.Pipeline.Images;
using TinySaver.Pipeline.Labels;

namespace TinySaver.WarmUp;

/// <summary>Takes a start of the tiny app apart: what the warm-up does in the background and side by side, here step by step.</summary>
internal static class ColdStart
{
    public static async Task<int> RunAsync()
    {
        using var self = Process.GetCurrentProcess();
        var steps = new List<(string Step, double Milliseconds)>();
        double last = 0;
        void Took(string step)
        {
            double now = (DateTime.Now - self.StartTime).TotalMilliseconds;
            steps.Add((step, now - last));
            last = now;
        }

        Took("runtime");
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddTinyFunctionApp(builder.Configuration, _ => { }).AddStorageEscalations();
        using IHost host = builder.Build();
        Took("host");
        ICascadeFiles files = host.Services.GetRequiredService<ICascadeFiles>();
        await host.Services.GetRequiredService<IImageStore>().EnsureCreatedAsync(CancellationToken.None);
        await host.Services.GetRequiredService<ILabelStore>().EnsureCreatedAsync(CancellationToken.None);
        Took("container and table");
        PolicyFile read = (await files.ReadPolicyAsync(null, CancellationToken.None))!;
        (CascadePolicy policy, string path) = await files.FetchModelsAsync(read.Policy, savers: true, large: false, CancellationToken.None);
        Took("policy and model files");
        using Cascade cascade = CascadeLoader.Load(policy, path, new CascadeOptions { Savers = true, Large = false });
        Took("models");
        cascade.WarmUp();
        Took("a picture of each kind");
        await host.Services.GetRequiredService<ILabelStore>().GetAsync("warm-up", CancellationToken.None);
        Took("a look at the table");
        using CascadeLease lease = await host.Services.GetRequiredService<CascadeHost>().RentAsync(CancellationToken.None);
        last = (DateTime.Now - self.StartTime).TotalMilliseconds;
        await host.Services.GetRequiredService<ImageReceiver>().ReceiveAsync(Worker.Name(0), CancellationToken.None);
        Took("first image");
        await host.Services.GetRequiredService<ImageReceiver>().ReceiveAsync(Worker.Name(1), CancellationToken.None);
        Took("second image");
        Console.WriteLine(string.Join(", ", steps.Select(s => $"{s.Step} {s.Milliseconds:F0}")));
        return 0;
    }
}
