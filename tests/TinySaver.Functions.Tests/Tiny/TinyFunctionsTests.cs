using System.Text.Json;
using Microsoft.Azure.Functions.Worker.Core.FunctionMetadata;
using Microsoft.Extensions.Options;
using TinySaver.Functions.Tiny;
using TinySaver.Pipeline.FunctionApps;

namespace TinySaver.Functions.Tests.Tiny;

public sealed class TinyFunctionsTests
{
    private static readonly GeneratedFunctionMetadataProvider Provider = new();

    [Theory]
    [InlineData("ClassifyWithTinyModel", "EventGrid")]
    [InlineData("ClassifyWithTinyModelByPolling", null)]
    public async Task BlobTriggers_WatchTheImagesAndDeferTheDownload(string function, string? source)
    {
        JsonElement binding = Assert.Single((await Bindings.ReadAsync(Provider))[function]);

        Assert.Equal(("blobTrigger", "images/{name}", "ImagesStorage"), (binding.Text("type"), binding.Text("path"), binding.Text("connection")));
        Assert.Equal(source, binding.Text("source"));
        Assert.Equal("True", binding.GetProperty("properties").Text("supportsDeferredBinding"));
    }

    [Fact]
    public async Task RecordPoisonedImages_WatchesTheHostsPoisonQueueInTheImagesAccount()
    {
        JsonElement binding = Assert.Single((await Bindings.ReadAsync(Provider))["RecordPoisonedImages"]);

        Assert.Equal(
            ("queueTrigger", "webjobs-blobtrigger-poison", "ImagesStorage"), (binding.Text("type"), binding.Text("queueName"), binding.Text("connection")));
    }

    [Theory]
    [InlineData("RecordDeadLetters")]
    [InlineData("LookAfterJobs")]
    [InlineData("WatchGuarantee")]
    public async Task WhatWakesNobody_RunsByTheClock(string name)
    {
        JsonElement binding = Assert.Single((await Bindings.ReadAsync(Provider))[name]);

        Assert.Equal(("timerTrigger", "0 */15 * * * *"), (binding.Text("type"), binding.Text("schedule")));
    }

    [Fact]
    public async Task Health_NeedsAFunctionKey()
    {
        JsonElement binding = (await Bindings.ReadAsync(Provider))["Health"][0];

        Assert.Equal(("httpTrigger", "Function"), (binding.Text("type"), binding.Text("authLevel")));
    }

    [Theory]
    [InlineData(BlobTriggerKind.EventGrid, "ClassifyWithTinyModel")]
    [InlineData(BlobTriggerKind.Polling, "ClassifyWithTinyModelByPolling")]
    public async Task BlobTriggerChoice_LeavesExactlyOneBlobTrigger(BlobTriggerKind kind, string expected)
    {
        List<IFunctionMetadata> functions = [.. await Provider.GetFunctionMetadataAsync("")];

        new BlobTriggerChoice(Options.Create(new FunctionAppOptions { BlobTrigger = kind })).Transform(functions);

        Assert.Equal(
            [
                "CancelJob", "ClassifyJobImages", expected, "Health", "LookAfterJobs", "RecordDeadLetters", "RecordPoisonedImages", "RecordPoisonedJobImages", "RecordPoisonedJobs",
                "ShowJob", "SubmitJob", "WatchGuarantee", "WorkOnJobs",
            ],
            functions.Select(f => f.Name).Order(StringComparer.Ordinal));
    }
}
