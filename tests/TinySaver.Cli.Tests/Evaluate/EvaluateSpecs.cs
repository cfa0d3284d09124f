namespace TinySaver.Cli.Tests.Evaluate;

public sealed class EvaluateSpecs : IDisposable
{
    private static readonly string PolicyHash = new('a', 64);
    private static readonly string OtherHash = new('b', 64);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("tiny.csv", "--saver")]
    [InlineData("large.csv", "--large")]
    public async Task Predictions_of_another_model_than_the_policys_are_refused(string file, string option)
    {
        Write("tiny.csv", file == "tiny.csv" ? OtherHash : PolicyHash);
        Write("large.csv", file == "large.csv" ? OtherHash : PolicyHash);

        TinySaverProcess.Result result = await EvaluateAsync();

        Assert.Equal(2, result.ExitCode);
        Assert.Contains(file, result.Errors);
        Assert.Contains(option, result.Errors);
        Assert.Contains(PolicyHash[..12], result.Errors);
        Assert.Contains(OtherHash[..12], result.Errors);
    }

    [Fact]
    public async Task Predictions_of_the_policys_models_or_of_unnamed_ones_are_evaluated()
    {
        Write("tiny.csv", PolicyHash);
        Write("large.csv", "");

        TinySaverProcess.Result result = await EvaluateAsync();

        Assert.Equal((0, ""), (result.ExitCode, result.Errors));
    }

    private Task<TinySaverProcess.Result> EvaluateAsync()
    {
        _folder.Write("cascade.json", $$"""
            {
              "version": 1,
              "savers": [ { "model": { "folder": "tiny", "sha256": "{{PolicyHash}}" }, "measure": "max-probability", "threshold": 0.5 } ],
              "large": { "folder": "large", "sha256": "{{PolicyHash}}" }
            }
            """);
        return TinySaverProcess.RunAsync(_folder.Path, "evaluate", "--policy", "cascade.json", "--large", "large.csv", "--saver", "tiny.csv");
    }

    private void Write(string file, string modelHash) => _folder.Write(
        file, $"id,class_index,label_index,max_probability,macs,model_hash\n1,0,0,0.9,10,{modelHash}\n2,1,1,0.4,10,{modelHash}\n");
}
