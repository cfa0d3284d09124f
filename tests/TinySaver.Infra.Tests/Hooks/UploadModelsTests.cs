namespace TinySaver.Infra.Tests.Hooks;

/// <summary>The post-provision hook, against a <c>tinysaver</c> that records its calls.</summary>
public sealed class UploadModelsTests
{
    private const string Hook = "upload-models";
    private const string Asked = "azd|env|get-value|TINYSAVER_POLICY";
    private const string Verified = "tinysaver|policy|publish|samples/cascade.json|--dry-run|AzureCliCredential";
    private const string Published = "tinysaver|policy|publish|samples/cascade.json|--storage|https://stabc.blob.core.windows.net|AzureCliCredential";

    [HookTheory]
    [BothShells]
    public async Task The_hook_verifies_the_policy_and_then_publishes_it(string shell)
    {
        using var hook = new HookRun();

        ProcessRun run = await hook.RunAsync($"{Hook}.{shell}");

        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.Equal([Asked, Verified, Published], hook.Calls);
    }

    [HookTheory]
    [BothShells]
    public async Task A_role_that_takes_its_time_is_waited_for(string shell)
    {
        using var hook = new HookRun();
        hook.Write("role-after", "3");

        ProcessRun run = await hook.RunAsync($"{Hook}.{shell}");

        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.Equal([Asked, Verified, Published, "sleep|5", Published, "sleep|10", Published, "sleep|20", Published], hook.Calls);
    }

    [HookTheory]
    [BothShells]
    public async Task A_role_that_never_comes_ends_with_what_to_do(string shell)
    {
        using var hook = new HookRun();
        hook.Write("role-after", "1000");

        ProcessRun run = await hook.RunAsync($"{Hook}.{shell}");

        Assert.Equal(1, run.ExitCode);
        Assert.Equal(20, hook.CallsOf(Published).Length);
        Assert.Contains("Storage Blob Data Contributor", run.Errors, StringComparison.Ordinal);
        Assert.Contains("AuthorizationPermissionMismatch", run.Errors, StringComparison.Ordinal);
    }

    [HookTheory]
    [BothShells]
    public async Task A_model_that_is_not_the_policys_stops_everything(string shell)
    {
        using var hook = new HookRun();
        hook.Write("bad-model", "");

        ProcessRun run = await hook.RunAsync($"{Hook}.{shell}");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("the content is 0000", run.Errors, StringComparison.Ordinal);
        Assert.Equal([Asked, Verified], hook.Calls);
    }

    // azd puts it into a hook's environment, but not into that of who runs the hook by hand.
    [HookTheory]
    [BothShells]
    public async Task Run_by_hand_it_takes_the_policy_that_azd_knows(string shell)
    {
        using var hook = new HookRun();
        string mine = hook.Write("mine.json", "{}");
        hook.Write("environment", $"TINYSAVER_POLICY={mine}\n");

        ProcessRun run = await hook.RunAsync($"{Hook}.{shell}");

        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.Equal([Asked, Verified.Replace("samples/cascade.json", mine, StringComparison.Ordinal), Published.Replace("samples/cascade.json", mine, StringComparison.Ordinal)], hook.Calls);
    }

    [HookTheory]
    [BothShells]
    public async Task A_policy_that_is_not_there_is_named(string shell)
    {
        using var hook = new HookRun();
        hook.Environment["TINYSAVER_POLICY"] = "nowhere/cascade.json";

        ProcessRun run = await hook.RunAsync($"{Hook}.{shell}");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("There is no cascade policy 'nowhere/cascade.json'; set TINYSAVER_POLICY", run.Errors, StringComparison.Ordinal);
    }
}
