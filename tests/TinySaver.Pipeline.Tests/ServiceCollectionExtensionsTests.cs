using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using TinySaver.Core.Labels;
using TinySaver.Pipeline.Audits;
using TinySaver.Pipeline.Cascades;
using TinySaver.Pipeline.Escalations;
using TinySaver.Pipeline.Hosting;
using TinySaver.Pipeline.Images;
using TinySaver.Pipeline.Labels;
using TinySaver.Pipeline.Stages;
using TinySaver.Pipeline.Tests.InMemory;
using TinySaver.Pipeline.Tests.Stages;

namespace TinySaver.Pipeline.Tests;

public sealed class ServiceCollectionExtensionsTests : IDisposable
{
    private readonly TestCascade _cascade = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _cascade.Dispose();

    [Fact]
    public async Task AddLocalPipeline_StorageThatIsNotAzures_NeedsNoSettingOfAzures()
    {
        var images = new InMemoryImages(TimeProvider.System, new Random(1));
        var queue = new InMemoryEscalations(TimeProvider.System, TimeSpan.FromSeconds(60), maxDeliveries: 5);
        var services = new ServiceCollection();
        services.AddLogging()
            .AddSingleton<IImageStore>(images)
            .AddSingleton<ILabelStore>(new InMemoryLabels(TimeProvider.System))
            .AddSingleton<IAuditStore>(new InMemoryAudits())
            .AddSingleton<IWatchStore>(new InMemoryWatches())
            .AddSingleton<IEscalations>(queue)
            .AddSingleton<IEscalationSender>(queue)
            .AddSingleton<ICascadeFiles>(new FolderCascadeFiles(_cascade.PolicyPath))
            .AddLocalPipeline(new ConfigurationBuilder().Build());
        await using ServiceProvider provider = services.BuildServiceProvider();

        provider.GetRequiredService<IStartupValidator>().Validate();
        await provider.GetRequiredService<LocalPipeline>().PrepareAsync(Cancellation);
        ImageVersion version = await images.UploadAsync("a.bmp", new MemoryStream(TestImages.Red), [], Cancellation);
        TinyResult result = await provider.GetRequiredService<TinyStage>().ProcessAsync(new ImageReference("a.bmp", version.ETag), Cancellation);

        Assert.Equal((TinyOutcome.Labelled, "red"), (result.Outcome, result.Row!.Label));
    }
}
