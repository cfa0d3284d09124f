using TinySaver.Core.Confidence;
using TinySaver.Core.Failures;
using TinySaver.Inference.Classification;
using TinySaver.Inference.Tests.Graphs;
using TinySaver.Inference.Tests.Models;

namespace TinySaver.Inference.Tests.Classification;

public sealed class OnnxClassifierTests
{
    private const int ImageLength = 3 * SmallNet.Side * SmallNet.Side;

    // The order of float additions differs between ONNX Runtime's kernels for different batch sizes.
    private const float Tolerance = 1e-5f;

    [Fact]
    public void Run_OneImage_GivesTheScoresOfThePlainLoops()
    {
        var net = new SmallNet();
        using OnnxClassifier classifier = Load(net);

        AssertClose(net.Expected(Images(1)[0]), Run(classifier, Images(1)), Tolerance);
        Assert.Equal((ScoreKind.Logits, 5, null, "CPUExecutionProvider"),
            (classifier.ScoreKind, classifier.ClassCount, classifier.FixedBatchSize, classifier.ExecutionProvider));
    }

    [Fact]
    public void Run_Batch_EqualsOneByOne()
    {
        var net = new SmallNet();
        using OnnxClassifier classifier = Load(net);
        float[][] images = Images(7);

        AssertClose([.. images.SelectMany(image => Run(classifier, [image]))], Run(classifier, images), Tolerance);
    }

    [Fact]
    public void Run_FewerThanTheCapacity_UsesTheFirstOnly()
    {
        var net = new SmallNet();
        using OnnxClassifier classifier = Load(net);
        using ImageBatch batch = classifier.RentBatch(6);
        float[][] images = Images(6);
        for (int i = 0; i < images.Length; i++)
            images[i].CopyTo(batch[i]);

        foreach (int count in (ReadOnlySpan<int>)[6, 2, 4, 2])
        {
            float[] scores = new float[count * 5];
            classifier.Run(batch, count, scores);
            AssertClose([.. images.Take(count).SelectMany(image => net.Expected(image))], scores, Tolerance);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(9)]
    public void Run_FixedBatchOfFour_FillsUpAndRunsInTurns(int count)
    {
        var net = new SmallNet { Batch = "4" };
        using OnnxClassifier classifier = Load(net);
        float[][] images = Images(count);

        Assert.Equal(4, classifier.FixedBatchSize);
        AssertClose([.. images.SelectMany(image => net.Expected(image))], Run(classifier, images), Tolerance);
    }

    [Fact]
    public void Run_ChannelsLast_TakesPixelsSideBySide()
    {
        var net = new SmallNet { Nhwc = true };
        using OnnxClassifier classifier = Load(net);
        float[] planes = Images(1)[0];
        float[] pixels = new float[ImageLength];
        for (int i = 0; i < ImageLength; i++)
            pixels[i % (ImageLength / 3) * 3 + i / (ImageLength / 3)] = planes[i];

        Assert.Equal(Inference.Imaging.TensorLayout.Nhwc, classifier.Preprocessing.Layout);
        AssertClose(net.Expected(planes), Run(classifier, [pixels]), Tolerance);
    }

    [Theory]
    [InlineData("batch")]
    [InlineData("2")]
    public void Run_HalfPrecision_TakesAndGivesSinglePrecision(string batch)
    {
        var net = new SmallNet { IsHalf = true, Batch = batch };
        using OnnxClassifier classifier = Load(net);
        float[][] images = Images(3);

        // Half precision has 11 significant bits; the scores are sums of about 30 terms around 1.
        AssertClose([.. images.SelectMany(image => net.Expected(image))], Run(classifier, images), 0.01f);
    }

    [Fact]
    public void Run_Softmax_GivesProbabilities()
    {
        using OnnxClassifier classifier = Load(new SmallNet { Head = "Softmax" });

        Assert.Equal(ScoreKind.Probabilities, classifier.ScoreKind);
        Assert.Equal(1f, Run(classifier, Images(1)).Sum(), Tolerance);
    }

    [Fact]
    public void Load_ScoresGivenByOption_WinOverTheGraph()
    {
        using var folder = TestFolder.Of(new SmallNet { Head = "Softmax" }.Build(), 5);
        using var classifier = OnnxClassifier.Load(folder.Open(), new OnnxClassifierOptions { Scores = ScoreKind.Logits });

        Assert.Equal(ScoreKind.Logits, classifier.ScoreKind);
    }

    [Fact]
    public void Run_SeveralOutputs_TakesTheOneNamedLogits()
    {
        var net = new SmallNet { OutputName = "logits" };
        GraphBuilder graph = net.Build();
        graph.Node("Softmax", ["logits"], "probabilities");
        using OnnxClassifier classifier = Load(graph.Outputs(["probabilities", "logits"]), 5);

        Assert.Equal(ScoreKind.Logits, classifier.ScoreKind);
        AssertClose(net.Expected(Images(1)[0]), Run(classifier, Images(1)), Tolerance);
    }

    [Fact]
    public void Run_SeveralOutputsNoneNamedLogits_TakesTheFirstWithAColumnALabel()
    {
        var net = new SmallNet();
        using OnnxClassifier classifier = Load(net.Build().Outputs(["features", "scores"]), 5);

        AssertClose(net.Expected(Images(1)[0]), Run(classifier, Images(1)), Tolerance);
    }

    [Fact]
    public void Run_TrailingOnes_AreColumns()
    {
        var net = new SmallNet();
        GraphBuilder graph = net.Build();
        graph.Constant("shape", [4], 0L, 5L, 1L, 1L);
        graph.Node("Reshape", ["scores", "shape"], "map");
        using OnnxClassifier classifier = Load(graph.Outputs(["map"]), 5);

        AssertClose([.. Images(2).SelectMany(image => net.Expected(image))], Run(classifier, Images(2)), Tolerance);
    }

    [Fact]
    public void Load_ColumnsLeftOpen_AreFoundByATrialRun()
    {
        var net = new SmallNet();
        using OnnxClassifier classifier = Load(Opened(net), 5);
        AssertClose(net.Expected(Images(1)[0]), Run(classifier, Images(1)), Tolerance);

        Assert.Contains("is [1, 5] for 1 images; expected 6 columns", Refusal(Opened(net), 6), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_OtherNumberOfLabels_IsRefused() =>
        Assert.Contains("has no output for 4 labels; there is 'scores' [batch, 5], and expected is [batch, 4]", Refusal(new SmallNet().Build(), 4), StringComparison.Ordinal);

    [Fact]
    public void Load_ExternalWeights_AreFound()
    {
        using TestFolder folder = ExternalWeights.Folder();
        using var classifier = OnnxClassifier.Load(folder.Open());

        AssertClose(new SmallNet().Expected(Images(1)[0]), Run(classifier, Images(1)), Tolerance);
    }

    [Fact]
    public void Load_OperatorUnknownToOnnxRuntime_IsRefused()
    {
        GraphBuilder graph = new GraphBuilder().Input("x", "batch, 3, 8, 8");
        graph.Node("NoSuchOperator", ["x"], "y");

        Assert.Contains("ONNX Runtime cannot load", Refusal(graph.Output("y", "batch, 5"), 5), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_CudaInACpuBuild_SaysWhatToReference()
    {
        using var folder = TestFolder.Of(new SmallNet().Build(), 5);

        string message = Assert.Throws<TinySaverException>(
            () => OnnxClassifier.Load(folder.Open(), new OnnxClassifierOptions { ExecutionProvider = ExecutionProvider.Cuda })).Message;

        Assert.Contains("CUDA was asked for, but this build of ONNX Runtime has only", message, StringComparison.Ordinal);
        Assert.Contains("Microsoft.ML.OnnxRuntime.Gpu", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_EightThreadsSharingOneClassifier_AreIdenticalToOne()
    {
        using OnnxClassifier classifier = Load(new SmallNet());
        float[][] images = Images(64);
        float[][] alone = images.Select(image => Run(classifier, [image])).ToArray();

        float[][][] shared = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Factory.StartNew(
            () => images.Select(image => Run(classifier, [image])).ToArray(),
            TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

        Assert.All(shared, results => Assert.Equal(alone, results));
    }

    [Fact]
    public void Run_AgainAndAgain_AllocatesNoTensors()
    {
        using OnnxClassifier classifier = Load(new SmallNet());
        (float[] image, float[] scores) = (Images(1)[0], new float[5]);
        void Once()
        {
            using ImageBatch batch = classifier.RentBatch(1);
            image.CopyTo(batch[0]);
            classifier.Run(batch, 1, scores);
        }

        Once();
        Once();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
            Once();

        // An input tensor has 768 bytes here and 600 KB in a real model; what is left are ONNX Runtime's lists of handles.
        long perRun = (GC.GetAllocatedBytesForCurrentThread() - before) / 100;
        Assert.True(perRun < ImageLength * sizeof(float), $"{perRun} bytes a run");
    }

    [Fact]
    public void Run_WrongArguments_AreRefused()
    {
        using OnnxClassifier one = Load(new SmallNet());
        using OnnxClassifier other = Load(new SmallNet());
        using ImageBatch batch = one.RentBatch(2);

        Assert.Throws<ArgumentException>("batch", () => other.Run(batch, 1, new float[5]));
        Assert.Throws<ArgumentException>("scores", () => one.Run(batch, 2, new float[9]));
        Assert.Throws<ArgumentOutOfRangeException>(() => one.Run(batch, 3, new float[15]));
        Assert.Throws<ArgumentOutOfRangeException>(() => one.Run(batch, 0, []));
        Assert.Throws<ArgumentOutOfRangeException>(() => batch[2].Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => one.RentBatch(0));
    }

    [Fact]
    public void Dispose_BatchOrClassifier_EndsTheirUse()
    {
        OnnxClassifier classifier = Load(new SmallNet());
        ImageBatch batch = classifier.RentBatch(1);
        ImageBatch late = classifier.RentBatch(1);
        batch.Dispose();
        batch.Dispose();
        Assert.Throws<ObjectDisposedException>(() => batch[0].Length);
        Assert.Throws<ObjectDisposedException>(() => classifier.Run(batch, 1, new float[5]));

        classifier.Dispose();
        classifier.Dispose();
        late.Dispose();
        Assert.Throws<ObjectDisposedException>(() => classifier.RentBatch(1));
    }

    // A column count that depends on computed values, which shape inference cannot see.
    private static GraphBuilder Opened(SmallNet net)
    {
        GraphBuilder graph = net.Build();
        graph.Constant("mask", [5], 1f, 1f, 1f, 1f, 1f);
        graph.Node("NonZero", ["mask"], "found");
        graph.Constant("row", [1], 0L);
        graph.Node("Squeeze", ["found", "row"], "columns");
        graph.Node("Gather", ["scores", "columns"], "picked", ("axis", 1));
        return graph.Outputs(["picked"]);
    }

    private static float[] Run(OnnxClassifier classifier, float[][] images)
    {
        using ImageBatch batch = classifier.RentBatch(images.Length);
        for (int i = 0; i < images.Length; i++)
            images[i].CopyTo(batch[i]);
        float[] scores = new float[images.Length * classifier.ClassCount];
        classifier.Run(batch, images.Length, scores);
        return scores;
    }

    private static float[][] Images(int count)
    {
        var random = new Random(11);
        return [.. Enumerable.Range(0, count).Select(_ => SmallNet.Numbers(random, ImageLength))];
    }

    private static OnnxClassifier Load(SmallNet net) => Load(net.Build(), net.Classes);

    // The session has read the file when Load returns, so the folder may go.
    private static OnnxClassifier Load(GraphBuilder graph, int classes)
    {
        using var folder = TestFolder.Of(graph, classes);
        return OnnxClassifier.Load(folder.Open());
    }

    private static string Refusal(GraphBuilder graph, int classes) => Assert.Throws<InvalidModelException>(() => Load(graph, classes)).Message;

    private static void AssertClose(float[] expected, float[] actual, float tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance, $"At {i}: {expected[i]} expected, {actual[i]} found.");
    }
}
