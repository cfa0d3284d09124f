using TinySaver.Inference.Imaging;
using TinySaver.Pipeline.Cascades;
using TinySaver.Pipeline.Stages;

namespace TinySaver.Pipeline.Tests.Stages;

public sealed class LargeBatchTests
{
    [Fact]
    public async Task Run_ImageThatCouldNotBePreprocessed_HasItsErrorAndTheOtherItsAnswer()
    {
        using var cascade = new TestCascade();
        await using var pipeline = new MemoryPipeline(cascade);
        using CascadeLease lease = await pipeline.Cascades.RentAsync(TestContext.Current.CancellationToken);
        using var batch = new LargeBatch(lease.Cascade.Large, 2);
        DecodedImage gone = ImageDecoder.Decode(TestImages.Green);
        gone.Dispose();
        using DecodedImage image = ImageDecoder.Decode(TestImages.Unsure);

        batch.Add(new EscalationGroup(SampleEscalation.Of("gone"), [0]), known: null, gone);
        batch.Add(new EscalationGroup(SampleEscalation.Of("there"), [1]), known: null, image);
        batch.Run(failed: e => throw e);

        Assert.NotNull(batch[0].Error);
        Assert.Equal((null, "red"), (batch[1].Error, batch[1].Prediction!.Label));
    }
}
