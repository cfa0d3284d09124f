using Spectre.Console;
using TinySaver.Cli.Accounts;

namespace TinySaver.Cli.Tests.Accounts;

public sealed class StorageAccountTests
{
    [Fact]
    public async Task EnsureCreatedAsync_AccountInAzure_AsksForNothing()
    {
        IAnsiConsole console = AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(TextWriter.Null) });
        await using StorageAccount account = await StorageAccount.OpenAsync(
            new(console, console, showsLiveProgress: false), "https://nobody.blob.core.windows.net", new("."), create: true, TestContext.Current.CancellationToken);

        // There is no such account, nobody is signed in, and a refusal would end the upload.
        await account.EnsureCreatedAsync(TestContext.Current.CancellationToken);
    }
}
