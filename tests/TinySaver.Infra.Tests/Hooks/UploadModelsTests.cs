namespace TinySaver.Infra.Tests.Hooks;

/// <summary>The post-provision hook, against an Azure CLI that records its calls.</summary>
public sealed class UploadModelsTests
{
    private const string Hook = "upload-models";

    [HookTheory]
    [BothShells]
    public async Task The_hook_uploads_the_models_and_then_the_policy(string shell)
    {
        using HookRun hook = Prepared();

        ProcessRun run = await hook.RunAsync($"{Hook}.{shell}");

        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.Equal(["models/tiny one/model.onnx", "models/large/model.onnx", "cascade.json"], Uploaded(hook));
        Assert.All(hook.CallsOf("az|storage|blob|upload"), c => Assert.Contains("|--auth-mode|login|", c, StringComparison.Ordinal));
        Assert.All(hook.CallsOf("az|storage|blob|upload"), c => Assert.Contains("|--account-name|stabc|--container-name|models|", c, StringComparison.Ordinal));
        Assert.Contains("|--metadata|sha256=aaa1|", hook.CallsOf("az|storage|blob|upload")[0], StringComparison.Ordinal);
    }

    [HookTheory]
    [BothShells]
    public async Task Running_the_hook_again_uploads_nothing_that_is_there(string shell)
    {
        using HookRun hook = Prepared();
        await hook.RunAsync($"{Hook}.{shell}");
        hook.ForgetCalls();

        ProcessRun run = await hook.RunAsync($"{Hook}.{shell}");

        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.Empty(Uploaded(hook));
        Assert.Contains("models/large/model.onnx is there already.", run.Errors, StringComparison.Ordinal);
    }

    [HookTheory]
    [BothShells]
    public async Task A_file_that_changed_is_uploaded_again(string shell)
    {
        using HookRun hook = Prepared();
        await hook.RunAsync($"{Hook}.{shell}");
        hook.ForgetCalls();
        hook.Write("files", File.ReadAllText(hook.PathOf("files")).Replace("ccc3", "ddd4", StringComparison.Ordinal));

        ProcessRun run = await hook.RunAsync($"{Hook}.{shell}");

        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.Equal(["cascade.json"], Uploaded(hook));
    }

    [HookTheory]
    [BothShells]
    public async Task A_role_that_takes_its_time_is_waited_for(string shell)
    {
        using HookRun hook = Prepared();
        hook.Write("role-after", "3");

        ProcessRun run = await hook.RunAsync($"{Hook}.{shell}");

        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.Equal(["sleep|5", "sleep|10", "sleep|20"], hook.CallsOf("sleep"));
        Assert.Equal(6, hook.CallsOf("az|storage|blob|upload").Length);
    }

    [HookTheory]
    [BothShells]
    public async Task A_role_that_never_comes_ends_with_what_to_do(string shell)
    {
        using HookRun hook = Prepared();
        hook.Write("role-after", "1000");

        ProcessRun run = await hook.RunAsync($"{Hook}.{shell}");

        Assert.Equal(1, run.ExitCode);
        Assert.Equal(20, hook.CallsOf("az|storage|blob|upload").Length);
        Assert.Contains("Storage Blob Data Contributor", run.Errors, StringComparison.Ordinal);
        Assert.Contains("ErrorCode:AuthorizationPermissionMismatch", run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("cascade.json", string.Join('\n', Uploaded(hook)), StringComparison.Ordinal);
    }

    [HookTheory]
    [BothShells]
    public async Task A_file_that_arrived_incomplete_fails_before_the_policy_is_uploaded(string shell)
    {
        using HookRun hook = Prepared();
        hook.Write("truncate-to", "1");

        ProcessRun run = await hook.RunAsync($"{Hook}.{shell}");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("models/tiny one/model.onnx has 1 bytes in stabc, but 4 here", run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("cascade.json", Uploaded(hook));
    }

    [HookTheory]
    [BothShells]
    public async Task A_file_that_somebody_else_changes_meanwhile_fails_before_the_policy_is_uploaded(string shell)
    {
        using HookRun hook = Prepared();
        hook.Write("changed-to", "fff9");

        ProcessRun run = await hook.RunAsync($"{Hook}.{shell}");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("models/tiny one/model.onnx in stabc was changed by somebody else meanwhile", run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("cascade.json", Uploaded(hook));
    }

    [HookTheory]
    [BothShells]
    public async Task A_model_that_is_not_the_policys_stops_everything(string shell)
    {
        using HookRun hook = Prepared();
        File.Delete(hook.PathOf("files"));

        ProcessRun run = await hook.RunAsync($"{Hook}.{shell}");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("but the policy was made for 1111", run.Errors, StringComparison.Ordinal);
        Assert.Empty(hook.CallsOf("az|"));
    }

    [HookTheory]
    [BothShells]
    public async Task A_policy_that_is_not_there_is_named(string shell)
    {
        using HookRun hook = Prepared();
        hook.Environment["TINYSAVER_POLICY"] = "nowhere/cascade.json";

        ProcessRun run = await hook.RunAsync($"{Hook}.{shell}");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("There is no cascade policy 'nowhere/cascade.json'; set TINYSAVER_POLICY", run.Errors, StringComparison.Ordinal);
    }

    private static string[] Uploaded(HookRun hook) =>
        [.. hook.CallsOf("az|storage|blob|upload").Select(c => c.Split('|')).Select(c => c[Array.IndexOf(c, "--name") + 1])];

    // Two models of a few bytes, one with a space in its name, and the policy.
    private static HookRun Prepared()
    {
        var hook = new HookRun();
        string tiny = hook.Write("models/tiny one/model.onnx", "tiny");
        string large = hook.Write("models/large/model.onnx", "large");
        string policy = hook.Write("cascade.json", "{}");
        hook.Environment["TINYSAVER_POLICY"] = policy;
        hook.Write("files", $"aaa1\tmodels/tiny one/model.onnx\t{tiny}\nbbb2\tmodels/large/model.onnx\t{large}\nccc3\tcascade.json\t{policy}\n");
        return hook;
    }
}
