using TinySaver.Core.Cascade;
using TinySaver.Core.Confidence;
using TinySaver.Inference.Models;

namespace TinySaver.Infra.Tests.Hooks;

/// <summary>The program that tells the upload hook what to upload, run as the hook runs it.</summary>
[Collection(nameof(ProcessRun))] // file-based programs share a folder for what the compiler writes
public sealed class ModelFilesTests
{
    [Fact]
    public async Task A_policys_files_are_listed_with_the_policy_last_and_a_changed_model_is_refused()
    {
        string folder = Directory.CreateTempSubdirectory("tinysaver-policy-").FullName;
        try
        {
            string model = Path.Combine(folder, "models", "tiny");
            Copy(Repository.PathOf("samples", "models", "tiny-xs"), model);
            var reference = new ModelReference { Folder = "models/tiny", Sha256 = ModelFolder.Open(model).ContentHash };
            string policy = await WriteAsync(folder, reference);

            ProcessRun listed = await RunAsync(policy);

            Assert.True(listed.ExitCode == 0, listed.Output + listed.Errors); // the compiler's messages go to standard output
            string[][] lines = [.. listed.Output.TrimEnd('\n').Split('\n').Select(l => l.Split('\t'))];
            Assert.Equal(["models/tiny/README.md", "models/tiny/config.json", "models/tiny/model.onnx", "models/tiny/preprocessor_config.json", "cascade.json"], lines.Select(l => l[1]));
            Assert.All(lines, l => Assert.Equal(64, l[0].Length));
            Assert.All(lines, l => Assert.True(File.Exists(l[2])));

            await File.AppendAllTextAsync(Path.Combine(model, "config.json"), " ", TestContext.Current.CancellationToken);
            ProcessRun changed = await RunAsync(policy, "--no-build");

            Assert.Equal(1, changed.ExitCode);
            Assert.Contains("but the policy was made for", changed.Errors, StringComparison.Ordinal);
            Assert.Equal("", changed.Output);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Task<ProcessRun> RunAsync(string policy, params string[] options) => ProcessRun.StartAsync(
        "dotnet", ["run", .. options, "infra/hooks/model-files.cs", "--", policy], cancellationToken: TestContext.Current.CancellationToken);

    private static async Task<string> WriteAsync(string folder, ModelReference model)
    {
        string path = Path.Combine(folder, "cascade.json");
        var policy = new CascadePolicy { Savers = [new() { Model = model, Measure = ConfidenceMeasure.MaxProbability, Threshold = 0.5 }], Large = model };
        await File.WriteAllTextAsync(path, CascadePolicyJson.Write(policy), TestContext.Current.CancellationToken);
        return path;
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.EnumerateFiles(from))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }
}
