namespace TinySaver.Infra.Tests.Bicep;

public sealed class BicepFileTests
{
    public static TheoryData<string> EntryPoints => [.. BicepCompiler.EntryPoints];

    // The linter speaks here too: see Build_OfAMistake_IsAnError.
    [BicepTheory]
    [MemberData(nameof(EntryPoints))]
    public async Task Build_EntryPoint_HasNoErrorAndNoWarning(string file)
    {
        BicepBuild build = await BicepCompiler.BuildAsync(file);

        Assert.Empty(build.Diagnostics);
        Assert.True(build.Success);
    }

    [BicepFact]
    public void Format_AllFiles_ChangesNothing()
    {
        foreach (string file in BicepCompiler.Files)
            Assert.Equal(BicepCompiler.Format(file), Repository.Read("infra", file));
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
                    waiting.Enqueue(path);
            }
        }

        Assert.Equal(BicepCompiler.Files, reached.Order(StringComparer.Ordinal));
    }

    // Were the configuration not in force, or warnings or modules passed over, the tests above could not fail.
    [BicepFact]
    public async Task Build_OfAMistake_IsAnError()
    {
        string folder = Directory.CreateTempSubdirectory("tinysaver-bicep-").FullName;
        try
        {
            File.Copy(Repository.PathOf("infra", "bicepconfig.json"), Path.Combine(folder, "bicepconfig.json"));
            string file = Path.Combine(folder, "entry.bicep");
            await File.WriteAllTextAsync(file, "module mistake 'mistake.bicep' = { params: { unused: '' } }\n", TestContext.Current.CancellationToken);
            await File.WriteAllTextAsync(
                Path.Combine(folder, "mistake.bicep"),
                "resource account 'Microsoft.Storage/storageAccounts@2025-06-01' = { name: 'abcdef', location: 'westus3', sku: { name: 'Standard_LRS' }, kind: 'StorageV2', properties: { allowSharedKeyAcess: false } }\nparam unused string\n",
                TestContext.Current.CancellationToken);

            BicepBuild build = await BicepCompiler.BuildAsync(file);

            Assert.False(build.Success);
            Assert.Contains(build.Diagnostics, d => d.Contains("allowSharedKeyAcess", StringComparison.Ordinal));
            Assert.Contains(build.Diagnostics, d => d.Contains("no-unused-params", StringComparison.Ordinal));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
