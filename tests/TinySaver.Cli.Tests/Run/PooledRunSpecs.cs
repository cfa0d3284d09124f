using System.Text.Json;

namespace TinySaver.Cli.Tests.Run;

/// <summary>A pooled cascade through the whole pipeline, on a real Azurite.</summary>
public sealed class PooledRunSpecs : IDisposable
{
    private readonly PipelineData _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task Run_of_a_pooled_chain_answers_every_sample_image_exactly_as_classify_does()
    {
        foreach (string model in (string[])["tiny-l", "middle", "large"])
            _data.CopySampleModel(model, model);

        string pooled = _data.Write("cascade.json", """
            {
              "version": 2,
              "savers": [
                { "model": { "folder": "tiny-l" }, "measure": "margin", "threshold": 0.97 },
                { "model": { "folder": "middle" }, "measure": "max-probability", "temperature": 1.2, "threshold": 0.98, "weights": [0.6, 0.8] }
              ],
              "large": { "folder": "large" },
              "largeWeights": [0.2, 0.5, 0.6]
            }
            """);
        TinySaverProcess.Result run = await _data.RunAsync("run", "samples/images", "--policy", pooled, "--out", _data.In("ran.jsonl"));
        TinySaverProcess.Result classify = await TinySaverProcess.RunAsync(null, "classify", "samples/images", "--policy", pooled, "--out", _data.In("classified.jsonl"));

        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.True(classify.ExitCode == 0, classify.Errors);

        // Labels, confidences and likeliest classes to the last digit, pooled and alone.
        Assert.Equal(
            await File.ReadAllLinesAsync(_data.In("classified.jsonl"), TestContext.Current.CancellationToken),
            await File.ReadAllLinesAsync(_data.In("ran.jsonl"), TestContext.Current.CancellationToken));
        JsonElement[] rows = [.. (await _data.ResultsAsync()).Values];
        Assert.Equal(PipelineData.SampleImages.Length, rows.Length);
        JsonElement[] large = [.. rows.Where(r => r.GetProperty("decidedBy").GetString() == "large")];
        Assert.Contains(large, r => r.GetProperty("confidence").GetDouble() != r.GetProperty("largeConfidence").GetDouble());
        JsonElement[] tiny = [.. rows.Where(r => r.GetProperty("decidedBy").GetString() == "tiny")];
        Assert.Equal(2, tiny.Select(r => r.GetProperty("tinyModel").GetString()).Distinct().Count());
        Assert.Contains(tiny, r => r.GetProperty("confidence").GetDouble() != r.GetProperty("tinyConfidence").GetDouble());
    }
}
