namespace TinySaver.Infra.Tests.Hooks;

/// <summary>The post-deploy hook, against an Azure CLI that records its calls.</summary>
public sealed class SubscribeEventsTests
{
    private const string Hook = "subscribe-events";
    private const string Deployment = "az|deployment|group|create|--name|tinysaver-event-subscription|--resource-group|rg-dev|--template-file|infra/event-subscription.bicep|--parameters|topicName=egst-abc|appName=func-tiny-abc|storageName=stabc|";

    [HookTheory]
    [BothShells]
    public async Task The_hook_subscribes_the_app_once_its_key_is_there(string shell)
    {
        using var hook = new HookRun();

        ProcessRun run = await hook.RunAsync($"{Hook}.{shell}");

        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.Equal(2, hook.Calls.Length);
        // Asks for the key's length: the key itself never reaches the shell.
        Assert.StartsWith("az|functionapp|keys|list|--name|func-tiny-abc|--resource-group|rg-dev|--query|length(not_null(systemKeys.blobs_extension, ''))|", hook.Calls[0], StringComparison.Ordinal);
        Assert.StartsWith(Deployment, hook.Calls[1], StringComparison.Ordinal);
    }

    [HookTheory]
    [BothShells]
    public async Task A_key_that_takes_its_time_is_waited_for_with_growing_pauses(string shell)
    {
        using var hook = new HookRun();
        hook.Write("key-after", "5");

        ProcessRun run = await hook.RunAsync($"{Hook}.{shell}");

        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.Equal(["sleep|5", "sleep|10", "sleep|20", "sleep|30", "sleep|30"], hook.CallsOf("sleep"));
        Assert.Equal(6, hook.CallsOf("az|functionapp").Length);
        Assert.Single(hook.CallsOf("az|deployment"));
        Assert.Contains("not yet (attempt 1 of 30); trying again in 5 s.", run.Errors, StringComparison.Ordinal);
    }

    [HookTheory]
    [BothShells]
    public async Task A_key_that_never_comes_ends_with_what_to_do(string shell)
    {
        using var hook = new HookRun();
        hook.Write("forbidden", "");

        ProcessRun run = await hook.RunAsync($"{Hook}.{shell}");

        Assert.Equal(1, run.ExitCode);
        Assert.Equal(30, hook.CallsOf("az|functionapp").Length);
        Assert.Empty(hook.CallsOf("az|deployment"));
        Assert.Contains("(AuthorizationFailed) The client has no right to list keys.", run.Errors, StringComparison.Ordinal);
        Assert.Contains("func-tiny-abc has no key 'blobs_extension'", run.Errors, StringComparison.Ordinal);
        Assert.Contains("azd hooks run postdeploy", run.Errors, StringComparison.Ordinal);
    }

    [HookTheory]
    [BothShells]
    public async Task An_app_that_is_too_cold_for_Event_Grids_handshake_is_tried_again(string shell)
    {
        using var hook = new HookRun();
        hook.Write("webhook-after", "2");

        ProcessRun run = await hook.RunAsync($"{Hook}.{shell}");

        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.Equal(3, hook.CallsOf("az|deployment").Length);
    }

    [HookTheory]
    [BothShells]
    public async Task A_subscription_that_cannot_be_made_fails_the_deployment(string shell)
    {
        using var hook = new HookRun();
        hook.Write("webhook-after", "1000");

        ProcessRun run = await hook.RunAsync($"{Hook}.{shell}");

        Assert.Equal(1, run.ExitCode);
        Assert.Equal(6, hook.CallsOf("az|deployment").Length);
        Assert.Contains("Webhook validation handshake failed.", run.Errors, StringComparison.Ordinal);
    }

    [HookTheory]
    [BothShells]
    public async Task Running_the_hook_again_asks_for_the_same_thing_again(string shell)
    {
        using var hook = new HookRun();
        await hook.RunAsync($"{Hook}.{shell}");
        string[] first = hook.Calls;
        hook.ForgetCalls();

        ProcessRun run = await hook.RunAsync($"{Hook}.{shell}");

        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.Equal(first, hook.Calls);
    }

    [HookTheory]
    [BothShells]
    public async Task Run_by_hand_the_hook_takes_its_settings_from_azds_environment(string shell)
    {
        using var hook = new HookRun();
        hook.Write("environment", "AZURE_SUBSCRIPTION_ID=sub-dev\nAZURE_RESOURCE_GROUP=rg-dev\nTINYSAVER_TINY_APP=func-tiny-abc\nTINYSAVER_EVENT_TOPIC=egst-abc\nTINYSAVER_STORAGE_ACCOUNT=stabc\n");
        foreach (string name in hook.Environment.Keys)
            hook.Environment[name] = null;

        ProcessRun run = await hook.RunAsync($"{Hook}.{shell}");

        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.StartsWith(Deployment, Assert.Single(hook.CallsOf("az|deployment")), StringComparison.Ordinal);
    }

    [HookTheory]
    [BothShells]
    public async Task Before_azd_provision_the_hook_says_so(string shell)
    {
        using var hook = new HookRun();
        hook.Environment["TINYSAVER_TINY_APP"] = null;

        ProcessRun run = await hook.RunAsync($"{Hook}.{shell}");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("TINYSAVER_TINY_APP is not set: run 'azd provision' first", run.Errors, StringComparison.Ordinal);
        Assert.Empty(hook.CallsOf("az|"));
    }
}
