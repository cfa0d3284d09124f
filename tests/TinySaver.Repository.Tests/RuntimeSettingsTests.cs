using System.Xml.Linq;

namespace TinySaver.Repository.Tests;

public sealed class RuntimeSettingsTests
{
    [Theory]
    [InlineData("src", "TinySaver.Functions.Tiny")]
    [InlineData("src", "TinySaver.Functions.Large")]
    [InlineData("src", "TinySaver.Cli")]
    [InlineData("benchmarks", "TinySaver.WarmUp")]
    public void Project_OfAShortLivedProcess_HasItsSettingsAndNoOthers(string folder, string name)
    {
        XDocument project = RepositoryFiles.Projects(folder)[name];

        Assert.Contains("../../eng/ShortLived.props", project.Descendants("Import").Select(i => i.Attribute("Project")?.Value));
        Assert.DoesNotContain(project.Descendants(), e => e.Name.LocalName.StartsWith("Tiered", StringComparison.Ordinal));
    }
}
