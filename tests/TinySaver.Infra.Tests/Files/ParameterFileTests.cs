using System.Text.Json;
using System.Text.RegularExpressions;
using TinySaver.Infra.Tests.Bicep;

namespace TinySaver.Infra.Tests.Files;

/// <summary>The parameter files, which azd fills in from its environment.</summary>
public sealed partial class ParameterFileTests
{
    // What azd itself sets.
    private static readonly string[] SetByAzd = ["AZURE_ENV_NAME", "AZURE_LOCATION", "AZURE_PRINCIPAL_ID", "AZURE_PRINCIPAL_TYPE", "SERVICE_LARGE_IMAGE_NAME"];

    [BicepTheory]
    [InlineData("main")]
    [InlineData("large")]
    public async Task Parameters_AreThoseOfTheTemplate(string name)
    {
        BicepBuild template = await BicepCompiler.BuildAsync($"{name}.bicep");
        using JsonDocument file = Fill(name);

        JsonProperty[] declared = [.. template.Section("parameters").EnumerateObject()];
        JsonElement given = file.RootElement.GetProperty("parameters");
        string[] required = [.. declared.Where(p => !p.Value.TryGetProperty("defaultValue", out _)).Select(p => p.Name)];

        Assert.Empty(given.EnumerateObject().Select(p => p.Name).Except(declared.Select(p => p.Name)));
        Assert.Empty(required.Except(given.EnumerateObject().Select(p => p.Name)));
    }

    // azd turns texts into numbers for main.parameters.json, but not for a service's own file: there the JSON has to be right.
    [BicepFact]
    public async Task LargeParameters_HaveTheKindsThatTheTemplateAsksFor()
    {
        JsonElement parameters = (await BicepCompiler.BuildAsync("large.bicep")).Section("parameters");
        using JsonDocument file = Fill("large");

        foreach (JsonProperty given in file.RootElement.GetProperty("parameters").EnumerateObject())
        {
            JsonElement declared = parameters.GetProperty(given.Name);
            string kind = declared.TryGetProperty("type", out JsonElement type) ? type.GetString()! : "string";
            Assert.Equal(kind == "int" ? JsonValueKind.Number : JsonValueKind.String, given.Value.GetProperty("value").ValueKind);
        }
    }

    // What a person may set has a default in the file; everything else is azd's or an output of main.bicep.
    [BicepFact]
    public async Task Variables_HaveADefaultOrASource()
    {
        string[] outputs = (await BicepCompiler.BuildAsync("main.bicep")).Names("outputs");

        foreach (string name in (string[])["main", "large"])
        {
            foreach (Match variable in Variable().Matches(Repository.Read("infra", $"{name}.parameters.json")))
            {
                string variableName = variable.Groups["name"].Value;
                bool hasDefault = variable.Groups["default"].Success;
                Assert.True(
                    hasDefault || SetByAzd.Contains(variableName) || (name == "large" && outputs.Contains(variableName)),
                    $"{name}.parameters.json: {variableName} has no default, and neither azd nor an output of main.bicep sets it.");
            }
        }
    }

    // The template's defaults are what its own descriptions and tests speak of; the file has to repeat them.
    [BicepFact]
    public async Task Defaults_OfTheFile_AreThoseOfTheTemplate()
    {
        BicepBuild template = await BicepCompiler.BuildAsync("main.bicep");
        using JsonDocument file = Fill("main");

        foreach (JsonProperty declared in template.Section("parameters").EnumerateObject())
        {
            if (declared.Value.TryGetProperty("defaultValue", out JsonElement value)
                && file.RootElement.GetProperty("parameters").TryGetProperty(declared.Name, out JsonElement given)
                && given.GetProperty("value").GetString() is { } text && !text.StartsWith("AZURE", StringComparison.Ordinal))
            {
                Assert.Equal(value.ToString().ToLowerInvariant(), text.ToLowerInvariant());
            }
        }
    }

    [Fact]
    public void Variables_AreExplainedInTheDocumentation()
    {
        string documentation = Repository.Read("docs", "deploy.md");

        // What a deployment leaves for the next is not a person's to set.
        string[] left = ["TINYSAVER_LARGE_PROFILE"];
        foreach (string name in (string[])["main", "large"])
        {
            Assert.All(
                Variable().Matches(Repository.Read("infra", $"{name}.parameters.json")).Where(v => v.Groups["default"].Success).Select(v => v.Groups["name"].Value).Except([.. SetByAzd, .. left]),
                variable => Assert.Contains($"`{variable}`", documentation, StringComparison.Ordinal));
        }
    }

    // As azd does it: a variable that is set, or else its default. Here none is set, and what has no default keeps its name.
    private static JsonDocument Fill(string name) => JsonDocument.Parse(Variable().Replace(
        Repository.Read("infra", $"{name}.parameters.json"), v => v.Groups["default"].Success ? v.Groups["default"].Value : v.Groups["name"].Value));

    [GeneratedRegex(@"\$\{(?<name>\w+)(=(?<default>[^}]*))?\}")]
    private static partial Regex Variable();
}
