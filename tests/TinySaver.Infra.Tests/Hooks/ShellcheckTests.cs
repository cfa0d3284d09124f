namespace TinySaver.Infra.Tests.Hooks;

public sealed class ShellcheckTests
{
    public static string? Shellcheck { get; } = ProcessRun.Find("shellcheck");

    public static bool IsInstalled => Shellcheck is not null;

    [Fact(SkipUnless = nameof(IsInstalled), Skip = "shellcheck is not installed here (Debian: apt-get install shellcheck).")]
    public async Task Shellcheck_OfHooksAndFakes_FindsNothing()
    {
        string[] scripts = [
            .. Directory.EnumerateFiles(Repository.PathOf("infra", "hooks"), "*.sh"),
            .. Directory.EnumerateFiles(Repository.PathOf("tests", "TinySaver.Infra.Tests", "Hooks", "Fakes")),
        ];

        ProcessRun run = await ProcessRun.StartAsync(Shellcheck!, ["--external-sources", .. scripts], cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal("", run.Output + run.Errors);
        Assert.Equal(0, run.ExitCode);
    }
}
