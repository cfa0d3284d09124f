namespace TinySaver.Infra.Tests.Hooks;

/// <summary>The last hook of a deployment, against a <c>tinysaver</c> that records its calls.</summary>
public sealed class DoctorHookTests
{
    private const string Call = "tinysaver|doctor|--subscription|sub-dev|--resource-group|rg-dev|AzureCliCredential";

    [HookTheory]
    [BothShells]
    public async Task Where_nothing_is_broken_the_deployment_is_done(string shell)
    {
        using var hook = new HookRun();

        ProcessRun run = await hook.RunAsync($"doctor.{shell}");

        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.Equal([Call], hook.Calls);
    }

    [HookTheory]
    [BothShells]
    public async Task What_is_broken_is_named_and_fails_the_deployment(string shell)
    {
        using var hook = new HookRun();
        hook.Write("broken", "broken    roles  the tiny app lacks a role\n");

        ProcessRun run = await hook.RunAsync($"doctor.{shell}");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("broken    roles  the tiny app lacks a role", run.Output, StringComparison.Ordinal);
        Assert.Contains("the first line above that says so is where to begin", run.Errors, StringComparison.Ordinal);
        Assert.Contains("azd hooks run postdeploy", run.Errors, StringComparison.Ordinal);
    }
}
