using System.Net.Sockets;
using Azure;
using Azure.Identity;
using Microsoft.Extensions.Options;
using TinySaver.Core.Failures;

namespace TinySaver.Cli.Tests;

public sealed class EndingTests
{
    public static TheoryData<Exception, string> Sentences => new()
    {
        { new TinySaverException("There is no such thing."), "There is no such thing." },
        { new OptionsValidationException("o", typeof(object), ["One.", "Two."]), "One. Two." },
        { new TaskCanceledException("The operation was cancelled because it exceeded the configured timeout of 0:01:40."), "Storage did not answer in time: The operation was cancelled" },
        { new TimeoutException("Too long."), "Storage did not answer in time: Too long." },
        { new AggregateException("Retry failed after 4 tries.", new RequestFailedException(0, "x"), new TaskCanceledException("Too long.")), "Storage did not answer in time: Too long." },
        { new RequestFailedException(0, "Connection refused"), "Storage cannot be reached: Connection refused" },
        { new HttpRequestException("No such host"), "Storage cannot be reached: No such host" },
        { new SocketException((int)SocketError.ConnectionRefused), "Storage cannot be reached" },
        { new RequestFailedException(500, "Out of luck\nStatus: 500"), "Storage answered 500" },
        { new RequestFailedException(403, "No", "AuthorizationFailure", null), "Storage refuses access (AuthorizationFailure)" },
        { new RequestFailedException(404, "No", "ContainerNotFound", null), "lacks a container, table or queue" },
        { new AuthenticationFailedException("Expired."), "Azure sign-in failed: Expired." },
        { new IOException("No space left on device : '/x'"), "No space left on device : '/x'" },
        { new InvalidOperationException("Failed to convert configuration value '1min' at 'TinySaver:Storage:EscalationLock' to type 'System.TimeSpan'."), "'1min' at 'TinySaver__Storage__EscalationLock'" },
        { new UnauthorizedAccessException("Access to the path '/x' is denied."), "Access to the path '/x' is denied." },
    };

    [Theory]
    [MemberData(nameof(Sentences))]
    public void Of_WhatAPersonCanMend_IsASentence(Exception error, string beginning)
    {
        foreach (bool stopped in (bool[])[false, true])
        {
            if (stopped && error is OperationCanceledException)
                continue;

            (int code, string? sentence) = Ending.Of(error, stopped)!.Value;
            Assert.Equal(ExitCode.UserError, code);
            Assert.Contains(beginning, sentence, StringComparison.Ordinal);
            Assert.DoesNotContain("\n", sentence, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Of_CancellationThatSomebodyAskedFor_IsNoError() =>
        Assert.Equal((ExitCode.Cancelled, null), Ending.Of(new TaskCanceledException(), stopped: true));

    [Fact]
    public void Of_FaultOfTheProgram_IsNotSummedUp() => Assert.Null(Ending.Of(new InvalidOperationException("x"), stopped: false));
}
