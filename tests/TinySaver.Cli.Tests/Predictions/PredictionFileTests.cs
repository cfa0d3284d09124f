using TinySaver.Calibration.Sweeps;
using TinySaver.Cli.Predictions;
using TinySaver.Core.Confidence;
using TinySaver.Core.Failures;

namespace TinySaver.Cli.Tests.Predictions;

public sealed class PredictionFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private Task<PredictionSet> ReadAsync(string csv) =>
        PredictionFile.ReadAsync(_folder.Write("p.csv", csv), null, TestContext.Current.CancellationToken);

    [Fact]
    public async Task ReadAsync_AnyOrderOfColumns_IsRead()
    {
        PredictionSet set = await ReadAsync("margin,class_index,id,label_index\n0.5,2,a,1\n1,0,b,0\n");
        Assert.Equal(["a", "b"], set.Ids);
        Assert.Equal([2, 0], set.Classes);
        Assert.Equal([1, 0], set.Labels);
        Assert.Equal([0.5f, 1f], set.Confidences[ConfidenceMeasure.Margin]);
        Assert.Equal(Labelling.All, set.Labelling);
        Assert.Equal("p", set.Name);
    }

    [Fact]
    public async Task InOrderOf_OneImageMoreOrLess_IsRefused()
    {
        PredictionSet one = await ReadAsync("id,class_index\na,0\n");
        PredictionSet two = await ReadAsync("id,class_index\nb,1\na,0\n");

        Assert.Contains("'b'", Assert.Throws<TinySaverException>(() => two.InOrderOf(one)).Message, StringComparison.Ordinal);
        Assert.Contains("'b'", Assert.Throws<TinySaverException>(() => one.InOrderOf(two)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_OnlyLogits_MakesEveryConfidence()
    {
        PredictionSet set = await ReadAsync("id,class_index,logits\na,1,0 0.6931472 \nb,0,3 1\n");
        Assert.Equal(2 / 3f, set.Confidences[ConfidenceMeasure.MaxProbability][0], 1e-5f);
        Assert.Equal(1 / 3f, set.Confidences[ConfidenceMeasure.Margin][0], 1e-5f);
        Assert.Equal(2, set.LogitClasses);
        Assert.Equal(Labelling.None, set.Labelling);
    }

    [Fact]
    public async Task ReadAsync_Probabilities_AreLogitsUpToTheSoftmax() =>
        Assert.Equal(0.75f, (await ReadAsync("id,class_index,probabilities\na,1,0.25 0.75\n")).Confidences[ConfidenceMeasure.MaxProbability][0], 1e-5f);

    [Theory]
    [InlineData("id,margin\na,1\n", "the column 'class_index' is missing")]
    [InlineData("id,class_index\n", "there are no predictions")]
    [InlineData("id,class_index\na,0\na,1\n", "the id 'a' occurs 2 times")]
    [InlineData("id,class_index\na,-1\n", "data row 1, column 'class_index', is '-1'; expected a whole number from 0")]
    [InlineData("id,class_index\na,\n", "column 'class_index', is empty")]
    [InlineData("id,class_index,margin\na,0,NaN\n", "column 'margin', is 'NaN'; expected a number from 0 to 1")]
    [InlineData("id,class_index,entropy\na,0,1\nb,0,1.2\n", "data row 2, column 'entropy', is '1.2'")]
    [InlineData("id,class_index,probabilities\na,0,0.5 0.2\n", "numbers that sum to 0.7'; expected probabilities that sum to 1")]
    [InlineData("id,class_index,logits\na,0,1 2\nb,0,1 2 3\n", "'3 numbers'; expected 2 numbers as in the first row")]
    [InlineData("id,class_index,logits\na,0,1 NaN\n", "'NaN'; expected finite numbers")]
    [InlineData("id,class_index,macs\na,0,5\nb,0,6\n", "data row 2, column 'macs', is '6'; expected '5' as in the first row")]
    [InlineData("id,class_index,classes\na,7,5\n", "the column 'classes' says 5, but the class index 7 occurs")]
    [InlineData("id,class_index,top_k\na,0,0:0.5 1:1.5\n", "data row 1, column 'top_k', is '1:1.5'; expected classes as index:probability")]
    [InlineData("id,class_index,top_k\na,0,0:0.5 0:0.3\n", "expected classes as index:probability, none twice")]
    [InlineData("id,class_index,class\na,0,ant\nb,0,bee\n", "the class index 0 stands beside 'ant' and beside 'bee'")]
    public async Task ReadAsync_ImpossiblePredictions_NamesRowAndValue(string csv, string expected)
    {
        TinySaverException error = await Assert.ThrowsAsync<TinySaverException>(() => ReadAsync(csv));
        Assert.Contains("p.csv", error.Message);
        Assert.Contains(expected, error.Message);
    }

    [Fact]
    public async Task InOrderOf_SameIdsInAnotherOrder_Reorders()
    {
        PredictionSet large = await ReadAsync("id,class_index,logits\na,0,1 2\nb,1,3 4\n");
        PredictionSet saver = await ReadAsync("id,class_index,logits\nb,5,7 8\na,6,9 10\n");
        PredictionSet ordered = saver.InOrderOf(large);
        Assert.Equal(["a", "b"], ordered.Ids);
        Assert.Equal([6, 5], ordered.Classes);
        Assert.Equal([9f, 10f, 7f, 8f], ordered.Logits!);
    }

    [Fact]
    public async Task InOrderOf_OtherImages_NamesThem()
    {
        PredictionSet large = await ReadAsync("id,class_index\na,0\nb,1\n");
        PredictionSet saver = await ReadAsync("id,class_index\na,0\nc,1\nd,1\n");
        string message = Assert.Throws<TinySaverException>(() => saver.InOrderOf(large)).Message;
        Assert.Contains("do not cover the same images", message);
        Assert.Contains("1 is missing", message);
        Assert.Contains("2 are missing", message);
        Assert.Contains("'c', 'd'", message);
    }

    [Fact]
    public async Task WriteAsync_ThenRead_KeepsEveryLogit()
    {
        string path = Path.Combine(_folder.Path, "q.parquet");
        PredictionRow[] rows =
        [
            new() { Id = "a", ClassIndex = 1, LabelIndex = 0, Logits = "0.333333343 -1.17549435E-38", Macs = 7, ModelHash = "h" },
            new() { Id = "b", ClassIndex = 0, LabelIndex = 1, Logits = "16777216 0.1", Macs = 7, ModelHash = "h" },
        ];
        await PredictionFile.WriteAsync(path, rows);
        PredictionSet set = await PredictionFile.ReadAsync(path, "name", TestContext.Current.CancellationToken);
        Assert.Equal([0.333333343f, -1.17549435E-38f, 16777216f, 0.1f], set.Logits!);
        Assert.Equal((7L, "h", "name"), (set.Macs!.Value, set.ModelHash!, set.Name));
    }

    /// <summary>What is pooled: the likeliest classes as recorded, whatever their order, or else class and highest probability; of logits all classes.</summary>
    [Fact]
    public async Task EvidenceAt_WhatIsRecorded_IsTheLikeliestOfIt()
    {
        PredictionSet listed = await ReadAsync("id,class_index,classes,top_k\na,2,9,4:0.25 2:0.5\n");
        PredictionSet highest = await ReadAsync("id,class_index,max_probability\na,2,0.5\n");
        PredictionSet logits = await ReadAsync("id,class_index,logits,top_k\na,1,0 1 0.5,1:0.9\n");
        PredictionSet nothing = await ReadAsync("id,class_index,margin\na,2,0.5\n");

        Assert.Equal(9, listed.ClassCount);
        Assert.Equal([2, 4], listed.EvidenceAt(1, 9)!.Classes(0).ToArray());
        Assert.Equal([0.5f, 0.25f], listed.EvidenceAt(1, 9)!.ProbabilitiesOf(0).ToArray());
        Assert.Null(listed.EvidenceAt(2, 9));
        Assert.Equal([2], highest.EvidenceAt(1, 3)!.Classes(0).ToArray());
        Assert.Equal([1, 2, 0], logits.EvidenceAt(2, 3)!.Classes(0).ToArray());
        Assert.Null(nothing.EvidenceAt(1, 3));
    }

    [Theory]
    [InlineData("confidences.csv")]
    [InlineData("confidences.parquet")]
    public async Task WriteAsync_ThenRead_KeepsTheConfidenceByEachMeasure(string name)
    {
        string path = Path.Combine(_folder.Path, name);
        await PredictionFile.WriteAsync(path, [new() { Id = "a", Confidences = [0.75f, 0.5f, 0.25f] }, new() { Id = "b", Confidences = [1, 1, 1] }]);
        PredictionSet set = await PredictionFile.ReadAsync(path, null, TestContext.Current.CancellationToken);
        Assert.Equal([0.75f, 1], set.Confidences[ConfidenceMeasure.MaxProbability]);
        Assert.Equal([0.5f, 1], set.Confidences[ConfidenceMeasure.Margin]);
        Assert.Equal([0.25f, 1], set.Confidences[ConfidenceMeasure.Entropy]);
    }
}
