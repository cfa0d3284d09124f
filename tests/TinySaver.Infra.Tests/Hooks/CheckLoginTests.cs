namespace TinySaver.Infra.Tests.Hooks;

/// <summary>The pre-provision hook: who is signed in with the Azure CLI, before anything is made.</summary>
public sealed class CheckLoginTests
{
    private const string Hook = "check-login";

    [HookTheory]
    [BothShells]
    public async Task Signed_in_to_the_subscriptions_tenant_the_deployment_goes_on(string shell)
    {
        using var hook = new HookRun();

        ProcessRun run = await hook.RunAsync($"{Hook}.{shell}");

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Assert.Contains("|--subscription|sub-dev|", Assert.Single(hook.Calls), StringComparison.Ordinal);
    }

    [HookTheory]
    [BothShells]
    public async Task Signed_in_elsewhere_it_says_where_to_sign_in(string shell)
    {
        using var hook = new HookRun();
        hook.Write("tenant", "tenant-of-another-company\n");

        ProcessRun run = await hook.RunAsync($"{Hook}.{shell}");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("signed in to the tenant tenant-of-another-company, but azd to tenant-dev: run 'az login --tenant tenant-dev'", run.Errors, StringComparison.Ordinal);
    }

    [HookTheory]
    [BothShells]
    public async Task A_subscription_that_the_Azure_CLI_does_not_see_is_named_with_its_words(string shell)
    {
        using var hook = new HookRun();
        hook.Environment["AZURE_SUBSCRIPTION_ID"] = "sub-of-another-account";

        ProcessRun run = await hook.RunAsync($"{Hook}.{shell}");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("does not see the subscription sub-of-another-account", run.Errors, StringComparison.Ordinal);
        Assert.Contains("ResourceGroupNotFound", run.Errors, StringComparison.Ordinal);
    }

    [HookTheory]
    [BothShells]
    public async Task Run_by_hand_it_takes_subscription_and_tenant_from_azd(string shell)
    {
        using var hook = new HookRun();
        hook.Environment["AZURE_SUBSCRIPTION_ID"] = null;
        hook.Environment["AZURE_TENANT_ID"] = null;
        hook.Write("environment", "AZURE_SUBSCRIPTION_ID=sub-dev\nAZURE_TENANT_ID=tenant-dev\n");
        hook.Write("tenant", "tenant-of-another-company\n");

        ProcessRun run = await hook.RunAsync($"{Hook}.{shell}");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("signed in to the tenant tenant-of-another-company, but azd to tenant-dev: run 'az login --tenant tenant-dev'", run.Errors, StringComparison.Ordinal);
    }

    // Before the first `azd provision` there is no subscription yet.
    [HookTheory]
    [BothShells]
    public async Task Before_a_subscription_is_chosen_being_signed_in_is_enough(string shell)
    {
        using var hook = new HookRun();
        hook.Environment["AZURE_SUBSCRIPTION_ID"] = null;
        hook.Environment["AZURE_TENANT_ID"] = null;

        ProcessRun signedIn = await hook.RunAsync($"{Hook}.{shell}");
        hook.Write("signed-out", "");
        ProcessRun signedOut = await hook.RunAsync($"{Hook}.{shell}");

        Assert.Equal((0, 1), (signedIn.ExitCode, signedOut.ExitCode));
        Assert.Contains("The Azure CLI is not signed in: run 'az login'.", signedOut.Errors, StringComparison.Ordinal);
    }
}
