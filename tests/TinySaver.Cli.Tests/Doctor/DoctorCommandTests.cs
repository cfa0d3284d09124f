using Microsoft.Extensions.DependencyInjection;
using TinySaver.Cli.Accounts;
using TinySaver.Cli.Doctor;
using TinySaver.Core.Failures;
using TinySaver.Pipeline.Hosting;

namespace TinySaver.Cli.Tests.Doctor;

/// <summary>The doctor as a person calls it on a local run, where most of Azure does not exist.</summary>
public sealed class DoctorCommandTests(OneAzurite azurite) : IClassFixture<OneAzurite>
{
    [Fact]
    public async Task Doctor_LocalRun_SaysWhatIsNotHereAndItsCanaryComesThroughBothStages()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        await using StorageAccount account = await azurite.OpenAsync();
        await using ServiceProvider host = PipelineHost.Create(OneAzurite.Terminal, account, RepositoryPaths.OneSaverPolicy, threads: 1);
        LocalPipeline pipeline = host.GetRequiredService<LocalPipeline>();
        await pipeline.PrepareAsync(stop.Token);
        Task running = pipeline.RunAsync(stop.Token);

        (int code, string text) = await OneCommand.RunAsync(DoctorCommand.Create, "--storage", azurite.ConnectionString, "--policy", RepositoryPaths.OneSaverPolicy);

        await stop.CancelAsync();
        await running.ContinueWith(_ => { }, TaskScheduler.Default);
        Assert.True(code == 0, text);
        Assert.Contains("ok        storage                     devstoreaccount1 answers", text, StringComparison.Ordinal);
        Assert.Contains("not here  tiny app", text, StringComparison.Ordinal);
        Assert.Contains("not here  policy                      a local run has its policy and models on this machine", text, StringComparison.Ordinal);
        Assert.Matches("ok        canary: sure +uploaded, labelled '.+' by tiny after .+ s, as the saver here foretold", text);
        Assert.Matches("ok        canary: unsure +uploaded, (escalated after .+ s, )?labelled '.+' by large after .+ s, as the saver here foretold", text);
        Assert.Contains("Nothing is broken.", text, StringComparison.Ordinal);
        Assert.Empty(await account.Images.ListAsync(Canary.Batch, TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken));
        Assert.Empty(await account.Labels.QueryAsync(new(Canary.Batch), TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("give both, --subscription and --resource-group", "--subscription", "s")]
    [InlineData("'http://management.example' is not the address of a Resource Manager", "--subscription", "s", "--resource-group", "g", "--resource-manager", "http://management.example")]
    public async Task Doctor_HalfAName_IsRefused(string message, params string[] arguments)
    {
        TinySaverException error = await Assert.ThrowsAsync<TinySaverException>(() => OneCommand.RunAsync(DoctorCommand.Create, [.. arguments, "--storage", azurite.ConnectionString]));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    // The account's Azurite runs in this process, for as long as it looks.
    [Fact]
    public async Task Doctor_DataOnWhichNothingRuns_SaysThatNothingLabelsThem()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(new DataFolder(folder.Path).AzuritePath);

        (int code, string text) = await OneCommand.RunAsync(DoctorCommand.Create, "--data", folder.Path);

        Assert.Equal(ExitCode.SomeFailed, code);
        Assert.Matches("broken    storage +nothing labels images here: no pipeline runs on Azurite on .+ → Start `tinysaver run --watch`", text);
        Assert.Contains("No canary is sent while something is broken.", text, StringComparison.Ordinal);
    }

    [Fact]
    public void TenantOf_AnotherSubscriptionThanAzds_IsNotKnown()
    {
        using var folder = new TemporaryFolder();
        folder.Write(".azure/config.json", """{"version":1,"defaultEnvironment":"dev"}""");
        folder.Write(".azure/dev/.env", "AZURE_SUBSCRIPTION_ID=\"sub-dev\"\nAZURE_TENANT_ID=\"tenant-dev\"\n");

        var azd = new AzdEnvironment(folder.Path);

        Assert.Equal("tenant-dev", azd.TenantOf("SUB-dev"));
        Assert.Null(azd.TenantOf("sub-other"));
    }

    [Fact]
    public void AzdEnvironment_SelectedOneAbove_IsRead()
    {
        using var folder = new TemporaryFolder();
        folder.Write(".azure/config.json", """{"version":1,"defaultEnvironment":"dev"}""");
        folder.Write(".azure/dev/.env", "TINYSAVER_TEST_GROUP=\"rg-dev\"\nTINYSAVER_TEST_EMPTY=\"\"\n");
        string below = Directory.CreateDirectory(Path.Combine(folder.Path, "src", "deep")).FullName;

        var azd = new AzdEnvironment(below);

        Assert.Equal("rg-dev", azd["TINYSAVER_TEST_GROUP"]);
        Assert.Null(azd["TINYSAVER_TEST_EMPTY"]);
        Assert.Null(new AzdEnvironment(Path.GetPathRoot(folder.Path)!)["TINYSAVER_TEST_GROUP"]);
    }
}
