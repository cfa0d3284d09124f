using System.Reflection;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using TinySaver.Pipeline;
using TinySaver.Pipeline.Cascades;
using TinySaver.Pipeline.FunctionApps;
using TinySaver.Pipeline.Hosting;
using TinySaver.Pipeline.Storage;

namespace TinySaver.Repository.Tests;

/// <summary>Settings files, options classes and docs agree.</summary>
public sealed class SettingsTests
{
    private static readonly Dictionary<string, Type> Sections = new()
    {
        [StorageOptions.Section] = typeof(StorageOptions),
        [CascadeSourceOptions.Section] = typeof(CascadeSourceOptions),
        [PipelineOptions.Section] = typeof(PipelineOptions),
        [FunctionAppOptions.Section] = typeof(FunctionAppOptions),
        [LocalPipelineOptions.Section] = typeof(LocalPipelineOptions),
    };

    // Set by the registration of a stage, not by a person.
    private static readonly string[] NotForPeople = ["TinySaver__Cascade__Savers", "TinySaver__Cascade__Large"];

    public static TheoryData<string> Options =>
        [.. Sections.SelectMany(s => s.Value.GetProperties().Where(p => p.CanWrite).Select(p => $"{s.Key}:{p.Name}".Replace(":", "__", StringComparison.Ordinal))).Except(NotForPeople)];

    private static Dictionary<string, string> Sample => JsonDocument.Parse(RepositoryFiles.Read("local.settings.sample.json"))
        .RootElement.GetProperty("Values").EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetString()!);

    [Fact]
    public void LocalSettingsSample_NamesOnlyOptionsThatExist()
    {
        IEnumerable<string> ours = Sample.Keys.Where(k => k.StartsWith("TinySaver__", StringComparison.Ordinal));

        Assert.NotEmpty(ours);
        Assert.All(ours, setting =>
        {
            int property = setting.LastIndexOf("__", StringComparison.Ordinal);
            Type options = Assert.Contains(setting[..property].Replace("__", ":", StringComparison.Ordinal), (IDictionary<string, Type>)Sections);
            Assert.NotNull(options.GetProperty(setting[(property + 2)..], BindingFlags.Public | BindingFlags.Instance));
        });
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void LocalSettingsSample_AsItStands_PassesTheChecksAtStart(bool isTiny)
    {
        IConfiguration settings = new ConfigurationBuilder()
            .AddInMemoryCollection(Sample.Select(s => KeyValuePair.Create(s.Key.Replace("__", ":", StringComparison.Ordinal), (string?)s.Value))).Build();
        var services = new ServiceCollection();
        _ = isTiny ? services.AddTinyFunctionApp(settings, _ => { }) : services.AddLargeFunctionApp(settings, _ => { });
        using ServiceProvider provider = services.BuildServiceProvider();

        Assert.Equal(BlobTriggerKind.Polling, provider.GetRequiredService<IOptions<FunctionAppOptions>>().Value.BlobTrigger);
        Assert.Equal("UseDevelopmentStorage=true", provider.GetRequiredService<IOptions<StorageOptions>>().Value.ConnectionString);
        Assert.NotNull(provider.GetRequiredService<IOptions<PipelineOptions>>().Value);
        string policy = provider.GetRequiredService<IOptions<CascadeSourceOptions>>().Value.PolicyPath!;

        // Relative to where Core Tools build to and where dotnet build does: both four folders below the root.
        Assert.True(File.Exists(Path.GetFullPath(policy, Path.Combine(RepositoryPaths.Root, "artifacts/bin/TinySaver.Functions.Tiny/debug"))));
        Assert.True(File.Exists(Path.GetFullPath(policy, Path.Combine(RepositoryPaths.Root, "src/TinySaver.Functions.Tiny/bin/output"))));
    }

    [Theory]
    [MemberData(nameof(Options))]
    public void SettingsPage_ExplainsEveryOption(string setting) =>
        Assert.Contains($"`{setting}`", RepositoryFiles.Read("docs/settings.md"), StringComparison.Ordinal);

    [Fact]
    public void SettingsPage_ExplainsEveryValueOfHostJsonAndTheSample()
    {
        string page = RepositoryFiles.Read("docs/settings.md");
        IEnumerable<string> leaves = Leaves(JsonDocument.Parse(RepositoryFiles.Read("host.json")).RootElement, "").Where(l => !l.StartsWith("logging.", StringComparison.Ordinal));

        Assert.All(leaves.Concat(Sample.Keys), name => Assert.Contains($"`{name}`", page, StringComparison.Ordinal));
    }

    private static IEnumerable<string> Leaves(JsonElement element, string path) => element.ValueKind == JsonValueKind.Object
        ? element.EnumerateObject().SelectMany(p => Leaves(p.Value, path.Length == 0 ? p.Name : $"{path}.{p.Name}"))
        : [path];
}
