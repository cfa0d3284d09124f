using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Xml.Linq;

namespace TinySaver.Repository.Tests;

/// <summary>Who may depend on whom, and where versions are.</summary>
public sealed class ProjectRulesTests
{
    // docs and issues call these the arrows.
    private static readonly Dictionary<string, string[]> Arrows = new()
    {
        ["TinySaver.Core"] = [],
        ["TinySaver.Calibration"] = ["TinySaver.Core"],
        ["TinySaver.Inference"] = ["TinySaver.Core"],
        ["TinySaver.Pipeline"] = ["TinySaver.Core", "TinySaver.Calibration", "TinySaver.Inference"],
        ["TinySaver.Functions.Tiny"] = ["TinySaver.Core", "TinySaver.Inference", "TinySaver.Pipeline"],
        ["TinySaver.Functions.Large"] = ["TinySaver.Core", "TinySaver.Inference", "TinySaver.Pipeline"],
        ["TinySaver.Reports"] = ["TinySaver.Core", "TinySaver.Calibration"],
        ["TinySaver.Viewer"] = ["TinySaver.Core", "TinySaver.Inference", "TinySaver.Pipeline", "TinySaver.Reports"],
        ["TinySaver.Cli"] = ["TinySaver.Core", "TinySaver.Calibration", "TinySaver.Inference", "TinySaver.Pipeline", "TinySaver.Reports", "TinySaver.Viewer"],
    };

    public static TheoryData<string> Sources => [.. RepositoryFiles.Projects("src").Keys];

    public static TheoryData<string, string> Assemblies => new()
    {
        { "TinySaver.Core", typeof(Core.Cascade.CascadePolicy).Assembly.Location },
        { "TinySaver.Calibration", typeof(Calibration.Search.CascadeSearch).Assembly.Location },
        { "TinySaver.Inference", typeof(Inference.Cascades.CascadeLoader).Assembly.Location },
        { "TinySaver.Pipeline", typeof(Pipeline.PipelineOptions).Assembly.Location },
        { "TinySaver.Reports", typeof(Reports.ReportWriter).Assembly.Location },
        { "TinySaver.Viewer", typeof(Viewer.ViewerServer).Assembly.Location },
        { "TinySaver.Cli", Path.Combine(AppContext.BaseDirectory, "tinysaver.dll") },
    };

    [Theory]
    [MemberData(nameof(Sources))]
    public void Projects_ReferenceOnlyWhatTheArrowsAllow(string project) =>
        Assert.Empty(RepositoryFiles.Projects("src")[project].Items("ProjectReference").Select(Path.GetFileNameWithoutExtension).Except(Arrows[project]));

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void Assemblies_ReferenceOnlyWhatTheArrowsAllow(string project, string path)
    {
        using FileStream file = File.OpenRead(path);
        using var image = new PEReader(file);
        MetadataReader metadata = image.GetMetadataReader();
        IEnumerable<string> ours = metadata.AssemblyReferences
            .Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))
            .Where(name => name.StartsWith("TinySaver.", StringComparison.Ordinal));

        Assert.Empty(ours.Except(Arrows[project]));
    }

    [Fact]
    public void Projects_NameNoVersions()
    {
        foreach (string folder in (string[])["src", "tests", "benchmarks"])
        {
            foreach ((string name, XDocument project) in RepositoryFiles.Projects(folder))
            {
                Assert.All(project.Descendants("PackageReference"), reference => Assert.True(
                    reference.Attribute("Version") is null && reference.Attribute("VersionOverride") is null,
                    $"{name} names a version of {reference.Attribute("Include")?.Value}; it belongs in Directory.Packages.props."));
            }
        }
    }

    [Fact]
    public void Projects_ReferenceOnlyPackagesWithAVersion()
    {
        HashSet<string> versions = [.. XDocument.Parse(RepositoryFiles.Read("Directory.Packages.props")).Items("PackageVersion")];

        foreach ((string name, XDocument project) in RepositoryFiles.Projects("src"))
            Assert.Empty(project.Items("PackageReference").Except(versions).Select(package => $"{name}: {package}"));
    }

    [Theory]
    [InlineData("TinySaver.Core")]
    [InlineData("TinySaver.Calibration")]
    [InlineData("TinySaver.Inference")]
    [InlineData("TinySaver.Pipeline")]
    [InlineData("TinySaver.Reports")]
    [InlineData("TinySaver.Viewer")]
    public void Libraries_LeaveTheNativeRuntimeToExecutables(string project) =>
        Assert.DoesNotContain(
            RepositoryFiles.Projects("src")[project].Items("PackageReference"),
            package => package.StartsWith("Microsoft.ML.OnnxRuntime", StringComparison.Ordinal) && package != "Microsoft.ML.OnnxRuntime.Managed");

    [Fact]
    public void Pipeline_KnowsNothingOfFunctions() =>
        Assert.DoesNotContain(
            typeof(Pipeline.PipelineOptions).Assembly.GetReferencedAssemblies(),
            a => a.Name!.StartsWith("Microsoft.Azure.Functions", StringComparison.Ordinal) || a.Name == "Azure.Messaging.ServiceBus");
}
