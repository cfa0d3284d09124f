namespace TinySaver.Infra.Tests.Bicep;

public sealed class BicepFileTests
{
    public static TheoryData<string> EntryPoints => [.. BicepCompiler.EntryPoints];

    [BicepTheory]
    [MemberData(nameof(EntryPoints))]
    public async Task Build_EntryPoint_HasNoErrorAndNoWarning(string file)
    {
        ProcessRun run = await BicepCompiler.BuildAsync(file);

        Assert.Equal("", run.Errors);
        Assert.Equal(0, run.ExitCode);
    }

    [BicepTheory]
    [MemberData(nameof(EntryPoints))]
    public async Task Lint_EntryPoint_FindsNothing(string file)
    {
        ProcessRun run = await BicepCompiler.RunAsync(TestContext.Current.CancellationToken, "lint", file);

        Assert.Equal("", run.Output + run.Errors);
        Assert.Equal(0, run.ExitCode);
    }

    [BicepFact]
    public async Task Format_AllFiles_ChangesNothing()
    {
        string folder = Directory.CreateTempSubdirectory("tinysaver-bicep-").FullName;
        try
        {
            foreach (string file in BicepCompiler.Files)
            {
                string copy = Path.Combine(folder, file);
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                File.Copy(Repository.PathOf("infra", file), copy);
            }

            ProcessRun run = await ProcessRun.StartAsync(
                BicepCompiler.Program, ["format", "--pattern", "**/*.bicep"], folder, cancellationToken: TestContext.Current.CancellationToken);

            Assert.Equal(0, run.ExitCode);
            Assert.All(BicepCompiler.Files, file => Assert.Equal(File.ReadAllText(Path.Combine(folder, file)), Repository.Read("infra", file)));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // A file that no entry point reaches would be checked by nobody.
    [Fact]
    public void Files_AllAreReachedFromAnEntryPoint()
    {
        HashSet<string> reached = [.. BicepCompiler.EntryPoints];
        var waiting = new Queue<string>(reached);
        while (waiting.TryDequeue(out string? file))
        {
            foreach (string line in File.ReadLines(Repository.PathOf("infra", file)).Where(l => l.StartsWith("module ", StringComparison.Ordinal) || l.StartsWith("import ", StringComparison.Ordinal)))
            {
                string named = line.Split('\'')[1];
                string path = Path.GetRelativePath(Repository.PathOf("infra"), Repository.PathOf("infra", Path.GetDirectoryName(file)!, named));
                if (reached.Add(path))
                {
                    waiting.Enqueue(path);
                }
            }
        }

        Assert.Equal(BicepCompiler.Files, reached.Order(StringComparer.Ordinal));
    }

    [BicepFact]
    public async Task Build_OfAMistake_IsAnError()
    {
        string folder = Directory.CreateTempSubdirectory("tinysaver-bicep-").FullName;
        try
        {
            // Were the configuration not in force, or warnings passed over, the tests above could not fail.
            File.Copy(Repository.PathOf("infra", "bicepconfig.json"), Path.Combine(folder, "bicepconfig.json"));
            string file = Path.Combine(folder, "mistake.bicep");
            await File.WriteAllTextAsync(
                file,
                "resource account 'Microsoft.Storage/storageAccounts@2025-06-01' = { name: 'abcdef', location: 'westus3', sku: { name: 'Standard_LRS' }, kind: 'StorageV2', properties: { allowSharedKeyAcess: false } }\nparam unused string\n",
                TestContext.Current.CancellationToken);

            ProcessRun run = await BicepCompiler.RunAsync(TestContext.Current.CancellationToken, "build", file, "--stdout");

            Assert.NotEqual(0, run.ExitCode);
            Assert.Contains("allowSharedKeyAcess", run.Errors, StringComparison.Ordinal);
            Assert.Contains("no-unused-params", run.Errors, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
