using TinySaver.Cli.Inspect;
using TinySaver.Inference.Classification;
using TinySaver.Inference.Models;

namespace TinySaver.Cli.Tests.Inspect;

public sealed class LatencyMeterTests
{
    [Fact]
    public void MedianMilliseconds_Cancelled_Ends()
    {
        using var classifier = OnnxClassifier.Load(ModelFolder.Open(Path.Combine(RepositoryPaths.Samples, "models", "tiny-xs")));

        Assert.Throws<OperationCanceledException>(() => LatencyMeter.MedianMilliseconds(classifier, 1, new CancellationToken(canceled: true)));
    }
}
