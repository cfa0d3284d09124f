using Azure;
using Microsoft.Extensions.Options;
using TinySaver.Core.Failures;
using TinySaver.Pipeline.FunctionApps;

namespace TinySaver.Pipeline.Tests.FunctionApps;

public sealed class FunctionAppStartTests
{
    [Fact]
    public void Explain_WhatAPersonCanMend_IsSentencesWithTheSettingsNames()
    {
        var all = new AggregateException(
            new OptionsValidationException("a", typeof(object), ["One.", "Two."]),
            new TinySaverException("Three."),
            new InvalidOperationException("Failed to convert configuration value 'x' at 'TinySaver:Pipeline:ImagesInFlight' to type 'System.Int32'."),
            new RequestFailedException(0, "No such host"));

        string[] lines = FunctionAppStart.Explain(all, "TinySaver__Storage__AccountUrl (a.blob.core.windows.net)").Split(Environment.NewLine);

        Assert.Equal(["One.", "Two.", "Three."], lines[..3]);
        Assert.Contains("'x' at 'TinySaver__Pipeline__ImagesInFlight'", lines[3], StringComparison.Ordinal);
        Assert.StartsWith("Storage cannot be reached: No such host Check the address in TinySaver__Storage__AccountUrl (a.blob.core.windows.net)", lines[4], StringComparison.Ordinal);
        Assert.Equal(5, lines.Length);
    }

    [Fact]
    public void Explain_StartedWithoutTheFunctionsHost_SaysHowToStart() => Assert.Contains(
        "`func start`", FunctionAppStart.Explain(new InvalidOperationException("Configuration is missing the 'HostEndpoint' information."), "x"), StringComparison.Ordinal);

    [Fact]
    public void Explain_FaultOfTheApp_KeepsItsStack() => Assert.StartsWith(
        "System.InvalidOperationException: x", FunctionAppStart.Explain(new InvalidOperationException("x"), "x"), StringComparison.Ordinal);

    [Fact]
    public async Task RunAsync_AppThatDoesNotStart_EndsWithOne() =>
        Assert.Equal(1, await FunctionAppStart.RunAsync(() => throw new TinySaverException("No policy. (A test's, no error.)")));
}
