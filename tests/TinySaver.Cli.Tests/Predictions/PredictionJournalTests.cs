using TinySaver.Cli.Predictions;
using TinySaver.Core.Confidence;

namespace TinySaver.Cli.Tests.Predictions;

public sealed class PredictionJournalTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Predictions => Path.Combine(_folder.Path, "p.csv");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Open_JournalOfAnInterruptedRun_TakesWhatIsOfTheSameModelAndWhole()
    {
        float?[] confidences = [.. ConfidenceMeasures.All.Select(_ => (float?)0.5f)];
        using (var journal = PredictionJournal.Open(Predictions, "this", logits: false))
        {
            journal.Add(new("with", Confidences: confidences, Logits: "1 2", Classes: 2, ModelHash: "this"));
            journal.Add(new("without", Confidences: confidences, Classes: 2, ModelHash: "this"));
            journal.Add(new("other", Confidences: confidences, Logits: "1 2", Classes: 2, ModelHash: "that"));
            journal.Add(new("before pooling", Confidences: confidences, Logits: "1 2", ModelHash: "this"));
        }

        using (var journal = PredictionJournal.Open(Predictions, "this", logits: false))
            Assert.Equal(["with", "without"], journal.Earlier.Keys.Order(StringComparer.Ordinal));

        using (var journal = PredictionJournal.Open(Predictions, "this", logits: true))
            Assert.Equal(["with"], journal.Earlier.Keys);
    }
}
