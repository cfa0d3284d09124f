namespace TinySaver.Infra.Tests.Hooks;

/// <summary>A folder in which the fakes on PATH keep what they were asked and how they answer.</summary>
internal sealed class HookRun : IDisposable
{
    // A command of PowerShell itself, which no program on PATH can stand in for.
    private const string FakeSleep = """function Start-Sleep([int] $Seconds) { Add-Content "$env:FAKE/calls" "sleep|$Seconds" };""";

    // The real one: on PATH a fake of that name comes first.
    private static readonly string Dotnet = Path.GetFullPath("../../../dotnet", Path.GetDirectoryName(typeof(object).Assembly.Location)!);

    private readonly string _folder = Directory.CreateTempSubdirectory("tinysaver-hook-").FullName;

    /// <summary>Settings that azd puts into a hook's environment.</summary>
    public Dictionary<string, string?> Environment { get; } = new()
    {
        ["AZURE_SUBSCRIPTION_ID"] = "sub-dev",
        ["AZURE_TENANT_ID"] = "tenant-dev",
        ["AZURE_RESOURCE_GROUP"] = "rg-dev",
        ["TINYSAVER_TINY_APP"] = "func-tiny-abc",
        ["TINYSAVER_LARGE_APP"] = "ca-large-abc",
        ["TINYSAVER_EVENT_TOPIC"] = "egst-abc",
        ["TINYSAVER_STORAGE_ACCOUNT"] = "stabc",
        ["TINYSAVER_STORAGE_URL"] = "https://stabc.blob.core.windows.net",
        ["TINYSAVER_POLICY"] = null,
    };

    /// <summary>What was called, in order: the program and its arguments with '|' between.</summary>
    public string[] Calls => File.Exists(PathOf("calls")) ? File.ReadAllLines(PathOf("calls")) : [];

    /// <summary>The calls that begin so.</summary>
    public string[] CallsOf(string beginning) => [.. Calls.Where(c => c.StartsWith(beginning, StringComparison.Ordinal))];

    /// <summary>A file in the fakes' folder.</summary>
    public string PathOf(string name) => Path.Combine(_folder, name);

    /// <summary>Writes a file into the fakes' folder.</summary>
    public string Write(string name, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(name))!);
        File.WriteAllText(PathOf(name), content);
        return PathOf(name);
    }

    /// <summary>Forgets the calls, not what the fakes hold.</summary>
    public void ForgetCalls() => File.Delete(PathOf("calls"));

    /// <summary>Runs a hook by the shell that azd uses, with the fakes before everything else on PATH.</summary>
    public Task<ProcessRun> RunAsync(string hook)
    {
        Environment["FAKE"] = _folder;
        Environment["PATH"] = $"{Repository.PathOf("tests", "TinySaver.Infra.Tests", "Hooks", "Fakes")}:/usr/local/bin:/usr/bin:/bin";
        Environment["POWERSHELL_TELEMETRY_OPTOUT"] = "1";
        string script = Repository.PathOf("infra", "hooks", hook);
        (string program, string[] arguments) = hook.EndsWith(".sh", StringComparison.Ordinal)
            ? ("/bin/sh", new[] { script })
            : (Dotnet, [Repository.Metadata("PowerShellPath"), "-NoProfile", "-NonInteractive", "-Command", $"{FakeSleep} & '{script}'; exit $LASTEXITCODE"]);
        return ProcessRun.StartAsync(program, arguments, Path.GetTempPath(), Environment, TestContext.Current.CancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
