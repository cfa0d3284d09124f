using System.Text.RegularExpressions;
using TinySaver.Cli.Doctor;
using TinySaver.Pipeline.Storage;

namespace TinySaver.Cli.Tests.Doctor;

/// <summary>What the doctor takes for granted, as the infrastructure, the apps and the documentation have it.</summary>
public sealed class DoctorContractTests
{
    [Fact]
    public void Constants_AreThoseOfInfrastructureAndApps()
    {
        string infra = string.Concat(Directory.EnumerateFiles(Path.Combine(RepositoryPaths.Root, "infra"), "*.bicep", SearchOption.AllDirectories).Select(File.ReadAllText));

        Assert.All(Cli.Doctor.Checks.Roles.Ids.Values, id => Assert.Contains($"'{id}'", infra, StringComparison.Ordinal));
        Assert.All(
            ((string Type, string Version)[])
            [
                ("Microsoft.Web/sites", ApiVersions.App), ("Microsoft.App/containerApps", ApiVersions.ContainerApp), ("Microsoft.EventGrid/systemTopics", ApiVersions.EventGrid),
                ("Microsoft.ManagedIdentity/userAssignedIdentities", ApiVersions.Identity), ("Microsoft.Authorization/roleAssignments", ApiVersions.Role),
                ("Microsoft.ServiceBus/namespaces", ApiVersions.ServiceBus), ("Microsoft.Storage/storageAccounts", ApiVersions.Storage),
            ],
            a => Assert.Contains($"'{a.Type}@{a.Version}'", infra, StringComparison.Ordinal));
        Assert.Contains(Cli.Doctor.Checks.EventSubscription.Subject.Replace("images", "${imagesContainer}", StringComparison.Ordinal), infra, StringComparison.Ordinal);
        Assert.Equal(Cli.Doctor.Checks.Alerts.Expected, infra.Split("resource ").Count(r => r.Contains("'Microsoft.Insights/metricAlerts@", StringComparison.Ordinal) || r.Contains("'Microsoft.Insights/scheduledQueryRules@", StringComparison.Ordinal)));
        Assert.Contains($"var jobMinutes = {Cli.Doctor.Checks.BatchJobs.LongestStandstill.TotalMinutes}\n", infra, StringComparison.Ordinal);
    }

    // Both ways: what is made is looked for, and what is looked for is made.
    [Fact]
    public void Expected_IsWhatTheInfrastructureMakesAndTheAppHas()
    {
        string storage = File.ReadAllText(Path.Combine(RepositoryPaths.Root, "infra", "modules", "storage.bicep"));

        Assert.All(Cli.Doctor.Checks.Containers.Expected, e => Assert.Equal(
            Regex.Matches(storage.Split($"var {e.Kind[..^1]}Names = [")[1].Split(']')[0], "'(.+?)'").Select(m => m.Groups[1].Value).Order(), e.Names.Order()));
        string[] functions = [.. Directory.EnumerateFiles(Path.Combine(RepositoryPaths.Root, "src", "TinySaver.Functions.Tiny"), "*.cs")
            .SelectMany(f => Regex.Matches(File.ReadAllText(f), @"\[Function\(nameof\((\w+)\)\)\]")).Select(m => m.Groups[1].Value)];
        Assert.Equal(functions.Where(f => f != "ClassifyWithTinyModelByPolling").Order(StringComparer.Ordinal), Cli.Doctor.Checks.Functions.Expected.Order(StringComparer.Ordinal));
    }

    // What the options name of storage, so that one more of them cannot be forgotten. The escalations' queue is Service Bus's in Azure.
    [Fact]
    public void Expected_HasEveryNameOfTheStorageOptions() => Assert.All(
        typeof(StorageOptions).GetProperties().Where(p => p.Name != nameof(StorageOptions.EscalationsQueue)),
        p => Assert.All(
            Cli.Doctor.Checks.Containers.Expected.Where(e => $"{e.Kind[..^1]}".Equals(Regex.Match(p.Name, "[A-Z][a-z]+$").Value, StringComparison.OrdinalIgnoreCase)),
            e => Assert.Contains((string)p.GetValue(new StorageOptions())!, e.Names)));

    [Fact]
    public void Documentation_HasARowForEachCheckInTheirOrder()
    {
        string[] rows = [.. File.ReadAllLines(Path.Combine(RepositoryPaths.Root, "docs", "deploy.md")).SkipWhile(l => !l.StartsWith("| check |", StringComparison.Ordinal)).Skip(2).TakeWhile(l => l.Length > 0)];

        Assert.Equal([.. DoctorRun.First.Concat(DoctorRun.Checks).Select(c => c.Name), "canary: sure", "canary: unsure"], rows.Select(r => r.Split('|')[1].Trim()));
        Assert.All(DoctorRunTests.Faults.Select(f => f.Data.Item2).Distinct().Where(c => c != "alerts"), c => Assert.Contains('*', rows.Single(r => r.StartsWith($"| {c} |", StringComparison.Ordinal))));
    }
}
