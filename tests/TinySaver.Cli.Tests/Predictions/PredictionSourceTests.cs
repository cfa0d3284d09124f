using Spectre.Console;
using TinySaver.Calibration.Sweeps;
using TinySaver.Cli.Predictions;
using TinySaver.Core.Failures;
using TinySaver.Inference.Classification;

namespace TinySaver.Cli.Tests.Predictions;

public sealed class PredictionSourceTests : IDisposable
{
    private static readonly string[] Samples = [.. Directory.EnumerateFiles(Path.Combine(RepositoryPaths.Samples, "images", "pits")).Order(StringComparer.Ordinal)];

    private readonly TemporaryFolder _folder = new();
    private readonly PredictionSource _source = PredictionSource.Parse(Path.Combine(RepositoryPaths.Samples, "models", "tiny-xs"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task LoadAsync_ImageThatCannotBeRead_IsWarnedOfAndTriedAgainEachTime()
    {
        byte[] sound = File.ReadAllBytes(Samples[1]);
        _folder.Write("set/pits/1.jpg", File.ReadAllBytes(Samples[0]));
        string broken = _folder.Write("set/pits/2.jpg", new string('x', sound.Length));
        DateTime written = File.GetLastWriteTimeUtc(broken);

        Assert.All([await LoadAsync("set"), await LoadAsync("set")], loaded =>
        {
            Assert.Equal(["pits/1.jpg"], loaded.Set.Ids);
            Assert.Contains("left out pits/2.jpg", loaded.Said);
        });

        // A cause that passed leaves no trace in size and time.
        File.WriteAllBytes(broken, sound);
        File.SetLastWriteTimeUtc(broken, written);
        (PredictionSet set, string said) = await LoadAsync("set");
        Assert.Equal(["pits/1.jpg", "pits/2.jpg"], set.Ids);
        Assert.Contains("1 of 2 images are predicted already", said);
        Assert.Contains("from the cache", (await LoadAsync("set")).Said);
    }

    [Fact]
    public async Task LoadAsync_ManifestWithOtherLabelsOrNone_PredictsNothingAgain()
    {
        (PredictionSet labelled, string first) = await LoadManifestAsync($"path,label\n{Samples[0]},pits\n{Samples[1]},pits\n");
        (PredictionSet corrected, string second) = await LoadManifestAsync($"path,label\n{Samples[1]},scratches\n{Samples[0]},pits\n");
        (PredictionSet without, string third) = await LoadManifestAsync($"path\n{Samples[0]}\n{Samples[1]}\n");
        (PredictionSet partly, string fourth) = await LoadManifestAsync($"path,label\n{Samples[0]},pits\n{Samples[1]},\n");

        Assert.DoesNotContain("from the cache", first);
        Assert.All([second, third, fourth], said => Assert.Contains("from the cache", said));
        Assert.Equal(labelled.Labels[0], corrected.Labels[0]);
        Assert.NotEqual(labelled.Labels[1], corrected.Labels[1]);
        Assert.Equal([-1, -1], without.Labels);
        Assert.Equal([labelled.Labels[0], -1], partly.Labels);
        Assert.Equal((Labelling.All, Labelling.None, Labelling.Some), (labelled.Labelling, without.Labelling, partly.Labelling));
        Assert.Equal(labelled.Ids, without.Ids);
        Assert.Equal(labelled.Classes, without.Classes);
    }

    [Fact]
    public async Task LoadAsync_FolderThatIsNoLabelBesideOthers_IsRefused()
    {
        _folder.Write("set/pits/1.jpg", File.ReadAllBytes(Samples[0]));
        _folder.Write("set/holiday/2.jpg", File.ReadAllBytes(Samples[1]));
        TinySaverException error = await Assert.ThrowsAsync<TinySaverException>(() => LoadAsync("set"));
        Assert.Contains("1 of 2 images have no known class, such as 'holiday/2.jpg', whose folder 'holiday' is no label of the model", error.Message);
    }

    [Fact]
    public async Task LoadAsync_FileBehindALinkChanges_PredictsAgain()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Windows lets few users make links.");
        string file = _folder.Write("file.jpg", File.ReadAllBytes(Samples[0]));
        Directory.CreateDirectory(Path.Combine(_folder.Path, "set", "pits"));
        File.CreateSymbolicLink(Path.Combine(_folder.Path, "set", "pits", "1.jpg"), file);
        PredictionSet before = (await LoadAsync("set")).Set;
        File.WriteAllBytes(file, File.ReadAllBytes(Samples[1]));
        Assert.NotEqual(before.Keys, (await LoadAsync("set")).Set.Keys);
    }

    private Task<(PredictionSet Set, string Said)> LoadManifestAsync(string manifest)
    {
        _folder.Write("set.csv", manifest);
        return LoadAsync("set.csv");
    }

    private async Task<(PredictionSet Set, string Said)> LoadAsync(string data)
    {
        var said = new StringWriter();
        IAnsiConsole console = AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(said), Ansi = AnsiSupport.No });
        console.Profile.Width = 1000;
        var options = new PredictionSourceOptions(Path.Combine(_folder.Path, "cache"), Threads: 1, ExecutionProvider.Cpu);
        PredictionSet set = await _source.LoadAsync(new(console, console, showsLiveProgress: false), Path.Combine(_folder.Path, data), options, TestContext.Current.CancellationToken);
        return (set, said.ToString());
    }
}
