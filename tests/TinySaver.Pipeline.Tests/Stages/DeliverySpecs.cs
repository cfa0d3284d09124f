using Azure.Core;
using Microsoft.Extensions.Time.Testing;
using TinySaver.Pipeline.Storage;
using TinySaver.Pipeline.Tests.Emulator;
using TinySaver.Pipeline.Tests.InMemory;
using TinySaver.Pipeline.Tests.Outages;
using TinySaver.Pipeline.Tests.Storage;

namespace TinySaver.Pipeline.Tests.Stages;

public sealed class DeliverySpecs(AzuriteFixture azurite, ITestOutputHelper output) : IDisposable
{
    private readonly TestCascade _cascade = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _cascade.Dispose();

    [Fact]
    public async Task EveryImageEndsWithTheRowOfItsNewestVersion_whatever_the_order_repetitions_and_crashes_in_memory()
    {
        (int useful, int wasted, int crashes, long counted) = (0, 0, 0, 0);
        for (int seed = 0; seed < 40; seed++)
        {
            var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
            var pauses = new LockedRandom(seed);
            var faults = new Faults { Pause = () => YieldAsync(pauses.Next(4) == 0 ? pauses.Next(40) : 0) };
            var images = new InMemoryImages(time, new Random(seed), faults);
            var labels = new InMemoryLabels(time, faults);
            var queue = new InMemoryEscalations(time, TimeSpan.FromSeconds(3), maxDeliveries: 1_000, faults);
            await using var stages = new StageSet(images, labels, queue, _cascade, time, new PipelineOptions { LargeBatchSize = 4 });
            var scenario = new DeliveryScenario(
                stages, images, labels, queue,
                name =>
                {
                    images.Delete(name);
                    return Task.CompletedTask;
                },
                () =>
                {
                    time.Advance(TimeSpan.FromSeconds(1.7));
                    return Task.CompletedTask;
                },
                faults, new Random(seed));

            await scenario.RunAsync(steps: 60);

            await scenario.AssertTruthAsync();
            (useful, wasted, crashes, counted) = (useful + scenario.UsefulInferences, wasted + scenario.WastedInferences, crashes + faults.Crashes, counted + stages.WastedInferences);
        }

        output.WriteLine($"{useful} useful inferences of the large model, {wasted} wasted, {counted} of them told, {crashes} crashes.");

        // What a crash wastes, nobody is left to count.
        Assert.InRange(counted, 1, wasted);
        Assert.True(useful > 100 && crashes > 100);
    }

    // As long as the others need for so many steps of their own, whatever the machine's pace.
    private static async Task YieldAsync(int times)
    {
        for (int i = 0; i < times; i++)
            await Task.Yield();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task EveryImageEndsWithTheRowOfItsNewestVersion_whatever_the_order_repetitions_and_crashes_on_azurite(int seed)
    {
        var faults = new Faults();
        StorageOptions options = azurite.NewOptions();
        options.MaxDeliveries = 1_000;
        StorageClients calm = AzuriteFixture.Connect(options);
        var clients = StorageClients.Create(options, o =>
        {
            AzuriteFixture.NoRetries(o);
            o.AddPolicy(new FaultPolicy(faults), HttpPipelinePosition.PerCall);
        });
        var images = new BlobImageStore(clients.Blobs.GetBlobContainerClient(options.ImagesContainer));
        var labels = new TableLabelStore(clients.Tables.GetTableClient(options.LabelsTable));
        var queue = new StorageEscalations(clients.Queues, options);
        await images.EnsureCreatedAsync(Cancellation);
        await labels.EnsureCreatedAsync(Cancellation);
        await queue.EnsureCreatedAsync(Cancellation);
        await using var stages = new StageSet(images, labels, queue, _cascade, TimeProvider.System, new PipelineOptions { LargeBatchSize = 4 });
        var scenario = new DeliveryScenario(
            stages, images, labels, queue,
            name => calm.Blobs.GetBlobContainerClient(options.ImagesContainer).DeleteBlobAsync(name, cancellationToken: Cancellation),

            // The lock of a receiver that died must end.
            () => Task.Delay(TimeSpan.FromMilliseconds(600), Cancellation),
            faults, new Random(seed));

        await scenario.RunAsync(steps: 60);

        await scenario.AssertTruthAsync();
        output.WriteLine(
            $"{scenario.UsefulInferences} useful inferences of the large model, {scenario.WastedInferences} wasted, {faults.Crashes} crashes.");
        Assert.True(scenario.UsefulInferences > 0 && faults.Crashes > 10);
    }
}
