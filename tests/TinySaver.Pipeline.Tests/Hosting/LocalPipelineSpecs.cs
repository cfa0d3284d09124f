using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using TinySaver.Core.Labels;
using TinySaver.Pipeline.Emulator;
using TinySaver.Pipeline.Hosting;
using TinySaver.Pipeline.Images;
using TinySaver.Pipeline.Labels;
using TinySaver.Pipeline.Storage;
using TinySaver.Pipeline.Tests.Emulator;
using TinySaver.Pipeline.Tests.Stages;

namespace TinySaver.Pipeline.Tests.Hosting;

public sealed class LocalPipelineSpecs(AzuriteFixture azurite) : IDisposable
{
    private readonly TestCascade _cascade = new();
    private readonly StorageOptions _options = azurite.NewOptions();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _cascade.Dispose();

    [Fact]
    public async Task UploadedImagesGetTheirRows_and_so_do_those_that_come_later()
    {
        await using RunningPipeline pipeline = await StartAsync(_options.ConnectionString!);
        await UploadAsync(pipeline, 0, 60);
        await pipeline.UntilAsync(60);
        await UploadAsync(pipeline, 60, 20);
        List<LabelRow> rows = await pipeline.UntilAsync(80);

        Assert.All(rows, AssertRow);
        LocalProgress progress = pipeline.Host.Services.GetRequiredService<LocalPipeline>().Progress;
        Assert.Equal((32, 32, 32, 16), (progress.LabelledByTiny, progress.Escalated, progress.LabelledByLarge, progress.Failed));
    }

    [Fact]
    public async Task StoppedAndStartedAgain_it_finishes_what_was_begun_and_repeats_nothing()
    {
        await using (RunningPipeline first = await StartAsync(_options.ConnectionString!))
        {
            await UploadAsync(first, 0, 100);
            await first.UntilAsync(20, final: false);
        }

        await using RunningPipeline second = await StartAsync(_options.ConnectionString!);
        List<LabelRow> rows = await second.UntilAsync(100);

        Assert.All(rows, AssertRow);
        LocalProgress progress = second.Host.Services.GetRequiredService<LocalPipeline>().Progress;
        Assert.True(progress.LabelledByTiny + progress.Failed <= 80, $"{progress.LabelledByTiny} + {progress.Failed}");
    }

    [Fact]
    public async Task EmulatorStoppedAndStartedAgain_nothing_is_lost()
    {
        string tool = AzuriteInstallation.FindFolder();
        DirectoryInfo data = Directory.CreateTempSubdirectory("tinysaver-outage-");
        AzuriteServer server = await AzuriteServer.StartAsync(tool, data.FullName, AzuritePorts.Free, Cancellation);
        await using (RunningPipeline pipeline = await StartAsync(server.ConnectionString))
        {
            await UploadAsync(pipeline, 0, 100);
            await pipeline.UntilAsync(10, final: false);
            AzuritePorts ports = server.Ports;
            await server.DisposeAsync();

            // Long enough for every worker to meet the outage.
            await Task.Delay(TimeSpan.FromSeconds(2), Cancellation);
            server = await AzuriteServer.StartAsync(tool, data.FullName, ports, Cancellation);

            Assert.All(await pipeline.UntilAsync(100), AssertRow);
        }

        await server.DisposeAsync();
        data.Delete(recursive: true);
    }

    [Theory]
    [InlineData("TinySaver:Pipeline:ShadowShare", "2", "TinySaver__Pipeline__ShadowShare is '2'")]
    [InlineData("TinySaver:Storage:ConnectionString", "", "Exactly one of TinySaver__Storage__ConnectionString and TinySaver__Storage__AccountUrl")]
    [InlineData("TinySaver:Storage:ImagesContainer", "No", "ImagesContainer")]
    [InlineData("TinySaver:Local:MaxTries", "0", "TinySaver__Local__MaxTries is '0'")]
    [InlineData("TinySaver:Cascade:RefreshInterval", "00:00:00", "RefreshInterval")]
    public async Task WrongOptions_stop_the_host_at_its_start(string key, string value, string message)
    {
        IHost host = Build(_options.ConnectionString!, new() { [key] = value });

        OptionsValidationException e = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Cancellation));

        Assert.Contains(message, e.Message, StringComparison.Ordinal);
    }

    private static void AssertRow(LabelRow row) => Assert.Equal(
        (int.Parse(Path.GetFileNameWithoutExtension(row.Name), System.Globalization.CultureInfo.InvariantCulture) % 5) switch
        {
            0 or 1 => (LabelStatus.Labelled, "green", Decider.Tiny),
            2 or 3 => (LabelStatus.Labelled, "red", Decider.Large),
            _ => (LabelStatus.Failed, null, (Decider?)null),
        },
        (row.Status, row.Label, row.DecidedBy));

    private static async Task UploadAsync(RunningPipeline pipeline, int first, int count)
    {
        IImageStore images = pipeline.Host.Services.GetRequiredService<IImageStore>();
        await Parallel.ForEachAsync(Enumerable.Range(first, count), Cancellation, async (i, token) =>
        {
            byte[] content = (i % 5) switch { 0 or 1 => TestImages.Green, 2 or 3 => TestImages.Unsure, _ => TestImages.NotAnImage };
#pragma warning disable CA5351 // What blob storage knows an image's bytes by.
            await images.UploadAsync($"batch/{i}.bmp", new MemoryStream(content), MD5.HashData(content), token);
#pragma warning restore CA5351
        });
    }

    private async Task<RunningPipeline> StartAsync(string connectionString)
    {
        IHost host = Build(connectionString, []);
        await host.StartAsync(Cancellation);
        LocalPipeline pipeline = host.Services.GetRequiredService<LocalPipeline>();
        await pipeline.PrepareAsync(Cancellation);
        return new RunningPipeline(host, pipeline);
    }

    private IHost Build(string connectionString, Dictionary<string, string?> more)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        var settings = new Dictionary<string, string?>
        {
            ["TinySaver:Storage:ConnectionString"] = connectionString,
            ["TinySaver:Storage:ImagesContainer"] = _options.ImagesContainer,
            ["TinySaver:Storage:LabelsTable"] = _options.LabelsTable,
            ["TinySaver:Storage:EscalationsQueue"] = _options.EscalationsQueue,
            ["TinySaver:Storage:JobsTable"] = _options.JobsTable,
            ["TinySaver:Storage:JobsQueue"] = _options.JobsQueue,
            ["TinySaver:Storage:ChunksQueue"] = _options.ChunksQueue,
            ["TinySaver:Storage:JobsContainer"] = _options.JobsContainer,
            ["TinySaver:Storage:ResultsContainer"] = _options.ResultsContainer,
            ["TinySaver:Storage:EscalationLock"] = "00:00:05",
            ["TinySaver:Cascade:PolicyPath"] = _cascade.PolicyPath,
            ["TinySaver:Local:PollInterval"] = "00:00:00.2",
            ["TinySaver:Local:RetryDelay"] = "00:00:00.5",
        };
        foreach ((string key, string? value) in more)
            settings[key] = value;

        builder.Configuration.AddInMemoryCollection(settings);
        builder.Services.AddLocalPipeline(builder.Configuration).AddAzureStorage(builder.Configuration).AddStorageEscalations();
        return builder.Build();
    }

    private sealed class RunningPipeline(IHost host, LocalPipeline pipeline) : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private Task? _running;

        public IHost Host => host;

        /// <summary>Lets the pipeline work until so many images have a row; a final one if asked for.</summary>
        public async Task<List<LabelRow>> UntilAsync(int rows, bool final = true)
        {
            _running ??= Task.Run(() => pipeline.RunAsync(_stop.Token));
            ILabelStore labels = host.Services.GetRequiredService<ILabelStore>();
            while (true)
            {
                Assert.False(_running.IsCompleted, "The pipeline ended by itself.");
                List<LabelRow> found = [];
                try
                {
                    await foreach (StoredRow stored in labels.QueryAsync(LabelQuery.All, Cancellation))
                        found.Add(stored.Row);
                }
                catch (Azure.RequestFailedException)
                {
                    // The emulator is just starting.
                }

                if (found.Count(r => !final || r.Status != LabelStatus.Escalated) >= rows)
                    return found;

                await Task.Delay(TimeSpan.FromMilliseconds(100), Cancellation);
            }
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _running!);
            await host.StopAsync();
            await ((IAsyncDisposable)host).DisposeAsync();
            _stop.Dispose();
        }
    }
}
