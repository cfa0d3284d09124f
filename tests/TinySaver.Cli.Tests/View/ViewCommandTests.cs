using TinySaver.Cli.Accounts;
using TinySaver.Cli.Run;
using TinySaver.Cli.View;
using TinySaver.Core.Failures;

namespace TinySaver.Cli.Tests.View;

public sealed class ViewCommandTests(OneAzurite azurite) : IClassFixture<OneAzurite>
{
    [Fact]
    public void Run_ViewWithoutWatch_IsRefused() =>
        Assert.Contains("--view needs --watch", Assert.Single(RunCommand.Create(OneAzurite.Terminal).Parse(["--view"]).Errors).Message, StringComparison.Ordinal);

    [Fact]
    public async Task View_PortThatIsTaken_SaysSo()
    {
        await using StorageAccount account = await azurite.OpenAsync();
        int taken = new Uri(account.Clients.Blobs.Uri.ToString()).Port;
        TinySaverException e = await Assert.ThrowsAsync<TinySaverException>(
            () => OneCommand.RunAsync(ViewCommand.Create, "--storage", azurite.ConnectionString, "--port", $"{taken}", "--policy", RepositoryPaths.OneSaverPolicy));

        Assert.Contains($"cannot be served on port {taken}", e.Message, StringComparison.Ordinal);
    }
}
