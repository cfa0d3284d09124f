namespace TinySaver.Cli.Tests;

public sealed class WrongArgumentsSpecs
{
    [Theory]
    [InlineData("Required argument 'images' missing", "classify")]
    [InlineData("--threads is '0'; expected a whole number, at least 1.", "classify", "samples/images", "--threads", "0")]
    [InlineData("--large-batch is 'many'; expected a whole number, at least 1.", "classify", "samples/images", "--large-batch", "many")]
    [InlineData("--provider is 'tpu'; expected cpu or cuda.", "classify", "samples/images", "--provider", "tpu")]
    [InlineData("--macs is '0.001'; expected a whole number, at least 1.", "import", "t.csv", "--id", "i", "--prediction", "p", "--out", "p.csv", "--macs", "0.001")]
    [InlineData("--split is 'half'; expected a share between 0 and 1", "search", "--large", "l.csv", "--saver", "s.csv", "--split", "half")]
    [InlineData("use .csv, .jsonl or .parquet", "classify", "samples/images", "--out", "labels.docx")]
    [InlineData("'no-such-file.jpg' is neither a file nor a folder", "classify", "no-such-file.jpg")]
    [InlineData("␛]0;x␇", "paint\u001b]0;x\u0007")]
    public async Task Wrong_arguments_end_with_exit_code_2_and_a_sentence(string sentence, params string[] arguments)
    {
        TinySaverProcess.Result result = await TinySaverProcess.RunAsync(null, arguments);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains(sentence, result.Errors);
        Assert.DoesNotContain("   at ", result.Errors);
        Assert.DoesNotContain("System.", result.Errors);
    }
}
