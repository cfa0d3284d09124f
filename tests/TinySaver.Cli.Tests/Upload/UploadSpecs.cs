using System.Text.Json;
using TinySaver.Cli.Tests.Run;

namespace TinySaver.Cli.Tests.Upload;

public sealed class UploadSpecs : IDisposable
{
    private readonly PipelineData _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task Only_what_is_new_or_changed_is_uploaded_again()
    {
        string images = _data.Images("in", 20);
        Assert.Equal((20, 0), await UploadAsync(images));
        Assert.Equal((0, 20), await UploadAsync(images));

        File.Copy(PipelineData.SampleImages[20], Path.Combine(images, "00003.jpg"), overwrite: true);
        File.Copy(PipelineData.SampleImages[21], Path.Combine(images, "new.jpg"));
        Assert.Equal((2, 19), await UploadAsync(images));
        Assert.Equal((21, 0), await UploadAsync(images, "--batch", "other"));
        Assert.Equal(42, (await _data.StatusAsync()).GetProperty("images").GetInt32());
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_is_told_and_the_others_are_uploaded()
    {
        string images = _data.Images("in", 3);
        File.CreateSymbolicLink(Path.Combine(images, "broken.jpg"), Path.Combine(images, "nowhere"));
        TinySaverProcess.Result result = await _data.RunAsync("upload", images, "--json");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("broken.jpg", result.Errors);
        JsonElement summary = JsonDocument.Parse(result.Output).RootElement;
        Assert.Equal(3, summary.GetProperty("uploaded").GetInt32());
        Assert.Equal(1, summary.GetProperty("failed").GetInt32());
    }

    private async Task<(int Uploaded, int Skipped)> UploadAsync(params string[] arguments)
    {
        TinySaverProcess.Result result = await _data.RunAsync(["upload", "--json", .. arguments]);
        Assert.True(result.ExitCode == 0, result.Errors);
        JsonElement summary = JsonDocument.Parse(result.Output).RootElement;
        return (summary.GetProperty("uploaded").GetInt32(), summary.GetProperty("skipped").GetInt32());
    }
}
