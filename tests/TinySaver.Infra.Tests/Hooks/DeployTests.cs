namespace TinySaver.Infra.Tests.Hooks;

/// <summary>The hooks around the large app's deployment: which image is built, and whether anything will wake the app.</summary>
public sealed class DeployTests
{
    [HookTheory]
    [BothShells]
    public async Task The_image_is_the_one_for_what_the_large_model_runs_on(string shell)
    {
        using var hook = new HookRun();

        foreach ((string gpu, string file) in ((string, string)[])[("T4", "Dockerfile.gpu"), ("none", "Dockerfile")])
        {
            hook.Environment["TINYSAVER_GPU"] = gpu;
            ProcessRun run = await hook.RunAsync($"choose-image.{shell}");

            Assert.True(run.ExitCode == 0, run.Errors);
            Assert.Equal(Repository.Read("src", "TinySaver.Functions.Large", file), Repository.Read("artifacts", "large.Dockerfile"));
        }
    }

    [HookTheory]
    [BothShells]
    public async Task A_rule_and_a_scaler_that_take_their_time_are_waited_for(string shell)
    {
        using var hook = new HookRun();
        hook.Write("rule-after", "2");
        hook.Write("scaler-after", "1");

        ProcessRun run = await hook.RunAsync($"check-large.{shell}");

        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.Equal(["sleep|5", "sleep|10", "sleep|5"], hook.CallsOf("sleep"));
        Assert.Contains("ca-large-abc will start when images are escalated.", run.Errors, StringComparison.Ordinal);
    }

    [HookTheory]
    [BothShells]
    public async Task A_large_app_that_nothing_wakes_fails_the_deployment(string shell)
    {
        using var hook = new HookRun();
        hook.Write("rule-after", "1000");

        ProcessRun run = await hook.RunAsync($"check-large.{shell}");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("ca-large-abc has no scale rule.", run.Errors, StringComparison.Ordinal);
        Assert.Contains("azd env set TINYSAVER_LARGE_SCALING Rule", run.Errors, StringComparison.Ordinal);
    }

    [HookTheory]
    [BothShells]
    public async Task A_scaler_that_may_not_read_the_queue_fails_the_deployment_in_the_platforms_words(string shell)
    {
        using var hook = new HookRun();
        hook.Write("scaler-after", "1000");

        ProcessRun run = await hook.RunAsync($"check-large.{shell}");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("401 Unauthorized", run.Errors, StringComparison.Ordinal);
        Assert.Contains("Azure Service Bus Data Owner", run.Errors, StringComparison.Ordinal);
    }
}
