using Spectre.Console;
using TinySaver.Cli.Accounts;
using TinySaver.Cli.Output;

namespace TinySaver.Cli.Tests.Accounts;

public sealed class LocalAzuriteTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task DisposeAsync_DiskThatIsFull_StillEndsAzuriteAndItsLock()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Needs /dev/full.");
        var terminal = new Terminal(AnsiConsole.Console, AnsiConsole.Console, showsLiveProgress: false);
        var data = new DataFolder(_folder.Path);
        LocalAzurite azurite = (await LocalAzurite.TryStartAsync(terminal, data, serves: true, TestContext.Current.CancellationToken))!;
        File.CreateSymbolicLink(data.PortsPath + ".tmp", "/dev/full");

        await azurite.DisposeAsync();

        Assert.True(azurite.Ended.IsCompleted);
        using FileStream free = File.Open(data.LockPath, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
    }
}
