using Azure;
using Azure.Identity;
using Microsoft.Extensions.Time.Testing;
using Spectre.Console;
using TinySaver.Cli.Accounts;
using TinySaver.Cli.Output;
using TinySaver.Core.Failures;

namespace TinySaver.Cli.Tests.Accounts;

public sealed class StoragePatienceTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly StringWriter _errors = new();
    private readonly TaskCompletionSource _accountEnded = new();

    public void Dispose() => _errors.Dispose();

    [Fact]
    public async Task TryAsync_StorageAnswersWithAnError_NamesTheCauseAndTriesAgain()
    {
        int tries = 0;
        Task<int> trying = TryAsync(() => ++tries == 1 ? throw new RequestFailedException(500, "There is not enough space on the disk.") : tries);

        Assert.Contains("Uploading 'a.jpg'", Errors(), StringComparison.Ordinal);
        Assert.Contains("not enough space", Errors(), StringComparison.Ordinal);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(2, await trying);
    }

    [Fact]
    public async Task TryAsync_StorageRefusesThePerson_IsNotTriedAgain()
    {
        foreach (Exception refusal in (Exception[])[new RequestFailedException(403, "No."), new AuthenticationFailedException("No.")])
        {
            TinySaverException error = await Assert.ThrowsAsync<TinySaverException>(() => TryAsync(() => throw refusal));
            Assert.StartsWith("Uploading 'a.jpg' failed. ", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task TryAsync_AccountThatHasEnded_IsNotWaitedFor()
    {
        _accountEnded.SetResult();

        TinySaverException error = await Assert.ThrowsAsync<TinySaverException>(() => TryAsync(() => throw new RequestFailedException(0, "Connection refused")));

        Assert.Contains("Azurite ended by itself", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("--storage", error.Message, StringComparison.Ordinal);
    }

    private Task<int> TryAsync(Func<int> work)
    {
        IAnsiConsole console = AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(_errors), Ansi = AnsiSupport.No });
        var patience = new StoragePatience(new Terminal(console, console, showsLiveProgress: false), _accountEnded.Task, _time, new Random(1));
        return patience.TryAsync("Uploading 'a.jpg'", _ => Task.FromResult(work()), TestContext.Current.CancellationToken);
    }

    // On one line: the console breaks lines at its width.
    private string Errors() => _errors.ToString().ReplaceLineEndings(" ");
}
