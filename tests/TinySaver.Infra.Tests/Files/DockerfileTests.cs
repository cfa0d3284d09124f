using System.Text.RegularExpressions;

namespace TinySaver.Infra.Tests.Files;

/// <summary>The large app's Dockerfiles, as far as their text tells: no Docker runs here.</summary>
public sealed partial class DockerfileTests
{
    private static readonly string[] Cpu = Read("Dockerfile");

    private static readonly string[] Gpu = Read("Dockerfile.gpu");

    public static TheoryData<string> Files => ["Dockerfile", "Dockerfile.gpu"];

    // Docker Hub counts the pulls of whoever does not sign in, and a registry's build agents share their addresses.
    [Theory]
    [MemberData(nameof(Files))]
    public void Images_AreOfRegistriesThatDoNotCountPullsAndOfNamedVersions(string file)
    {
        string[] images = [.. Read(file).Where(l => l.StartsWith("FROM ", StringComparison.Ordinal)).Select(l => l.Split(' ')[1])];

        Assert.NotEmpty(images);
        Assert.All(images, i => Assert.Matches(@"^(mcr\.microsoft\.com|nvcr\.io)/[\w./-]+:[\w.-]*\d+\.\d+", i));
        Assert.DoesNotContain(images, i => i.Contains('$', StringComparison.Ordinal) || i.EndsWith(":latest", StringComparison.Ordinal));
    }

    // The registry's builder runs every stage: what is in the file for CPUs is what a deployment without a GPU pulls.
    [Fact]
    public void CpuFile_HasNothingOfCuda() => Assert.DoesNotContain(Cpu, l => !l.StartsWith('#') && CudaWords().IsMatch(l));

    [Fact]
    public void GpuFile_IsTheCpuFileWithCuda()
    {
        string[] common = [.. Cpu.Where(l => !l.StartsWith('#')).Select(l => l.TrimEnd(' ', '\\'))];
        var rest = new Queue<string>(Gpu.Select(l => l.Replace(" -p:Gpu=true", "", StringComparison.Ordinal).TrimEnd(' ', '\\')));

        Assert.All(common, line =>
        {
            while (rest.TryDequeue(out string? next) && next != line)
                Assert.True(next.Length == 0 || next[0] is '#' or ' ' || CudaWords().IsMatch(next), $"Only Dockerfile.gpu says '{next}'.");
        });
        Assert.Contains(Gpu, l => l.EndsWith("-p:RequireFunctionApps=true -p:Gpu=true", StringComparison.Ordinal));
        Assert.Contains("'$(Gpu)' == 'true'", Repository.Read("src", "TinySaver.Functions.Large", "TinySaver.Functions.Large.csproj"), StringComparison.Ordinal);
    }

    // As linked (readelf -d) Microsoft.ML.OnnxRuntime.Gpu 1.31 needs these four, and finds cuDNN 9 and NVRTC by name; cuFFT only Fourier transforms ask for.
    [Fact]
    public void GpuFile_HasCuda13AndWhatOnnxRuntimeLoadsOfIt()
    {
        Assert.Contains(Gpu, l => CudaImage().IsMatch(l));
        string copied = Assert.Single(Gpu, l => l.Contains("-regex '", StringComparison.Ordinal));
        string pattern = copied.Split('\'')[1];

        Assert.All((string[])["libcublas.so.13", "libcublasLt.so.13", "libcudart.so.13", "libcurand.so.10", "libnvrtc.so.13", "libnvrtc-builtins.so.13.0"], l => Assert.Matches($"^{pattern}$", $"/{l}"));
        Assert.All((string[])["libcufft.so.12", "libcusolver.so.12", "libcublas.so.13.1.0.3"], l => Assert.DoesNotMatch($"^{pattern}$", $"/{l}"));
        Assert.Contains("libcudnn*.so.9", string.Join('\n', Gpu), StringComparison.Ordinal);
        var runtime = Version.Parse(OnnxRuntime().Match(Repository.Read("Directory.Packages.props")).Groups[1].Value);
        Assert.True(runtime >= new Version(1, 28), "Before 1.27 it was built against CUDA 12, and before 1.28 it needed cuFFT.");
    }

    // With the times of this build the same gigabytes would be another layer each time.
    [Fact]
    public void GpuFile_MakesTheSameLayerOfCudaInEachBuild()
    {
        Assert.All(Gpu.Where(l => l.Contains(" cp ", StringComparison.Ordinal)), l => Assert.Contains(" cp -pL ", l, StringComparison.Ordinal));
        Assert.Contains(Gpu, l => l.Contains("touch -d 2000-01-01 /cuda", StringComparison.Ordinal));
        // Straight below the root: a folder in between would get this build's time too.
        Assert.Contains("COPY --from=cuda /cuda /cuda", Gpu);
    }

    [Theory]
    [InlineData("libcublas.so.13 => /cuda/libcublas.so.13 (0x1)\nlibcuda.so.1 => not found", true)]
    [InlineData("libcublas.so.12 => not found\nlibcuda.so.1 => not found", false)]
    [InlineData("/lib/libc.so.6: version `GLIBC_2.38' not found (required by libcudnn.so.9)\nlibcuda.so.1 => not found", false)]
    [InlineData(null, false)]
    public async Task GpuFile_FailsToBuildWhereAnythingButTheDriverIsMissing(string? ldd, bool builds)
    {
        string folder = Directory.CreateTempSubdirectory("tinysaver-ldd-").FullName;
        try
        {
            if (ldd is not null)
                await File.WriteAllTextAsync(Path.Combine(folder, "libonnxruntime_providers_cuda.so"), "", TestContext.Current.CancellationToken);

            // The step itself, with the app's folder and ldd replaced.
            string step = string.Join('\n', Gpu[Array.FindIndex(Gpu, l => l.StartsWith("RUN provider=", StringComparison.Ordinal))..Array.FindIndex(Gpu, l => l.StartsWith("USER ", StringComparison.Ordinal))]
                .Where(l => !l.StartsWith('#')));
            string script = "ldd() { printf '%s\\n' \"$LDD\"; }\n" + step["RUN ".Length..].Replace("/home/site/wwwroot", folder, StringComparison.Ordinal);
            ProcessRun run = await ProcessRun.StartAsync("/bin/sh", ["-c", script], environment: new Dictionary<string, string?> { ["LDD"] = ldd }, cancellationToken: TestContext.Current.CancellationToken);

            Assert.Equal(builds, run.ExitCode == 0);
            Assert.Equal(builds, run.Errors.Length == 0);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Container_DoesNotRunAsRoot(string file)
    {
        string[] lines = Read(file);
        string user = Assert.Single(lines, l => l.StartsWith("USER ", StringComparison.Ordinal));

        Assert.Equal("USER 1654", user);
        Assert.True(Array.IndexOf(lines, user) > Array.FindLastIndex(lines, l => l.StartsWith("FROM ", StringComparison.Ordinal)));
    }

    // The final image holds the published app only: what the build stage saw stays there.
    [Theory]
    [MemberData(nameof(Files))]
    public void FinalImage_TakesOnlyThePublishedApp(string file)
    {
        string[] final = Read(file)[Array.FindLastIndex(Read(file), l => l.StartsWith("FROM ", StringComparison.Ordinal))..];

        Assert.Equal(["COPY --from=build /app /home/site/wwwroot"], final.Where(l => l.StartsWith("COPY", StringComparison.Ordinal) && !l.Contains("--from=cuda", StringComparison.Ordinal)));
    }

    // Not in the repository: the warning TSF0001 has users add one, and the image's build restores with it as theirs does.
    private static readonly string[] PackageSources = ["nuget.config", "NuGet.config", "NuGet.Config"];

    [Fact]
    public void Context_HoldsWhatTheBuildNeedsAndNothingPrivate()
    {
        string[] ignored = File.ReadAllLines(Repository.PathOf(".dockerignore"));
        string[] allowed = [.. ignored.Where(l => l.StartsWith('!')).Select(l => l[1..])];

        Assert.Contains("*", ignored);
        Assert.Contains("**/local.settings.json", ignored);
        Assert.All(allowed.Except(PackageSources), a => Assert.True(Path.Exists(Repository.PathOf(a)), $".dockerignore allows '{a}', which is not there."));
        Assert.Superset(new HashSet<string>(["src", "eng", "host.json", "global.json", "Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props", .. PackageSources]), allowed.ToHashSet());
    }

    private static string[] Read(string file) => File.ReadAllLines(Repository.PathOf("src", "TinySaver.Functions.Large", file));

    [GeneratedRegex("cuda|nvidia|LD_LIBRARY_PATH|Gpu", RegexOptions.IgnoreCase)]
    private static partial Regex CudaWords();

    [GeneratedRegex(@"^FROM nvcr\.io/nvidia/cuda:13\.[\d.]+-cudnn-runtime-\S+ AS cuda$")]
    private static partial Regex CudaImage();

    [GeneratedRegex(@"Include=""Microsoft\.ML\.OnnxRuntime\.Gpu"" Version=""([\d.]+)""")]
    private static partial Regex OnnxRuntime();
}
